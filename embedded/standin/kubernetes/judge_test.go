package main

import (
	"errors"
	"slices"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func deploymentStatus(generation int64, status object) object {
	return object{
		"metadata": object{"generation": generation}, "spec": object{"replicas": int64(2)}, "status": status,
	}
}

func TestADeploymentIsReadyWhenAllItsPodsAreNewAndAvailable(t *testing.T) {
	available := []any{object{"type": "Available", "status": "True"}}
	for name, test := range map[string]struct {
		status object
		ready  bool
	}{
		"complete": {object{"observedGeneration": int64(3), "replicas": int64(2), "updatedReplicas": int64(2),
			"availableReplicas": int64(2), "conditions": available}, true},
		"status of the version before": {object{"observedGeneration": int64(2), "replicas": int64(2),
			"updatedReplicas": int64(2), "availableReplicas": int64(2), "conditions": available}, false},
		"an old pod left": {object{"observedGeneration": int64(3), "replicas": int64(3), "updatedReplicas": int64(2),
			"availableReplicas": int64(2), "conditions": available}, false},
		"a pod not available": {object{"observedGeneration": int64(3), "replicas": int64(2), "updatedReplicas": int64(2),
			"availableReplicas": int64(1), "conditions": available}, false},
	} {
		if verdict := judgeDeployment(deploymentStatus(3, test.status)); verdict.ready != test.ready {
			t.Errorf("%s: %+v", name, verdict)
		}
	}
}

func TestADeploymentBeyondItsDeadlineFailed(t *testing.T) {
	late := deploymentStatus(1, object{"observedGeneration": int64(1), "conditions": []any{object{
		"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "timed out",
	}}})
	if verdict := judgeDeployment(late); verdict.failed != "timed out" {
		t.Errorf("%+v", verdict)
	}
}

func TestADeploymentOfNoReplicasIsReadyOnceItsPodsEnded(t *testing.T) {
	for name, test := range map[string]struct {
		status object
		ready  bool
	}{
		"not seen by its controller yet": {object{}, false},
		"a pod left":                     {object{"observedGeneration": int64(1), "replicas": int64(1)}, false},
		"none":                           {object{"observedGeneration": int64(1)}, true},
	} {
		suspended := object{
			"metadata": object{"generation": int64(1)}, "spec": object{"replicas": int64(0)}, "status": test.status,
		}
		if verdict := judgeDeployment(suspended); verdict.ready != test.ready {
			t.Errorf("%s: %+v", name, verdict)
		}
	}
}

func TestAJobHasFailedAsSoonAsThatIsDecided(t *testing.T) {
	for _, kind := range []string{"Failed", "FailureTarget"} {
		verdict := judgeJob(object{"status": object{"conditions": []any{object{
			"type": kind, "status": "True", "reason": "DeadlineExceeded", "message": "too late",
		}}}})
		if verdict.failed != "the job failed: DeadlineExceeded: too late" {
			t.Errorf("%s: %+v", kind, verdict)
		}
	}
}

func TestWaitingEndsEarlyOnlyForWhatTimeDoesNotHeal(t *testing.T) {
	const invalidImage = `pod d-x: container app: InvalidImageName: Failed to apply default image tag "A": invalid`
	for reason, final := range map[string]bool{
		`FailedCreate: pods "d-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true`:    true,
		`FailedCreate: pods "d-x" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`: true,
		`FailedCreate: Pod "d-x" is invalid: spec.containers[0].image: Required value`:                             true,
		`pod d-x: container app: ImagePullBackOff: Back-off pulling image "a/b": ErrImagePull: a/b: not found`:     true,
		invalidImage: true,

		`FailedCreate: pods "d-x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1`:  false,
		`FailedCreate: pods "d-x" is forbidden: error looking up service account n/s: "s" not found`: false,
		`pod d-x: container app: ErrImagePull: dial tcp: i/o timeout`:                                false,
		`pod d-x: container app: CreateContainerConfigError: secret "s" not found`:                   false,
		`pod d-x: Unschedulable: 0/4 nodes are available: 4 Insufficient cpu.`:                       false,
	} {
		if isFinal(reason) != final {
			t.Errorf("final should be %v: %s", final, reason)
		}
	}
	seen := []string{}
	r := (&kubeProvider{}).report("")
	defer r.stop()
	for _, reason := range []string{invalidImage, "", invalidImage, invalidImage} {
		if r.isHopeless() {
			t.Errorf("gave up after %q", seen)
		}
		seen = append(seen, reason)
		for range diagnoseEvery {
			r.show("pods", func() []string { return []string{reason} })
		}
	}
	if !r.isHopeless() {
		t.Error("did not give up after two diagnoses of the same")
	}
}

func TestAQuotaIsReadyWhenItCounts(t *testing.T) {
	quota := func(status object) object {
		return object{"spec": object{"hard": object{"cpu": "1"}}, "status": status}
	}
	if judgeResourceQuota(quota(object{})).ready || !judgeResourceQuota(quota(object{"hard": object{"cpu": "1000m"}})).ready {
		t.Error("judged by something else than status.hard")
	}
}

func TestAPodsTroubleIsToldInTheKubeletsWords(t *testing.T) {
	pod := object{"status": object{"containerStatuses": []any{
		object{"name": "app", "state": object{"waiting": object{"reason": "ImagePullBackOff", "message": "no such image"}}},
		object{"name": "new", "state": object{"waiting": object{"reason": "ContainerCreating"}}},
		object{"name": "bad", "state": object{"waiting": object{"reason": "CrashLoopBackOff", "message": "back-off"}},
			"lastState": object{"terminated": object{"exitCode": int64(1), "reason": "Error", "message": "boom"}}},
	}}}
	wanted := []string{
		"container app: ImagePullBackOff: no such image",
		"container bad: CrashLoopBackOff: back-off",
		"container bad exited with code 1: Error boom",
	}
	if got := podReasons(pod); !slices.Equal(got, wanted) {
		t.Errorf("got %q", got)
	}
}

func TestOnlyKubectlsFieldsAreTakenOver(t *testing.T) {
	conflict := func(managers ...string) error {
		status := &apierrors.StatusError{ErrStatus: metav1.Status{Details: &metav1.StatusDetails{}}}
		for _, manager := range managers {
			status.ErrStatus.Details.Causes = append(status.ErrStatus.Details.Causes, metav1.StatusCause{
				Type: metav1.CauseTypeFieldManagerConflict, Message: `conflict with "` + manager + `" using v1`,
			})
		}
		return status
	}
	for _, test := range []struct {
		err  error
		take bool
	}{
		{conflict("kubectl-edit", "kubectl-client-side-apply"), true},
		{conflict("kubectl-edit", "vertical-pod-autoscaler"), false},
		{errors.New("no conflict"), false},
	} {
		if got := onlyKubectl(conflicts(test.err)); got != test.take {
			t.Errorf("%v: %v", conflicts(test.err), got)
		}
	}
}

func TestMessagesDoNotRepeatSecrets(t *testing.T) {
	inputs := resource.PropertyMap{
		"short": resource.MakeSecret(resource.NewProperty("hunter")),
		"long":  resource.MakeSecret(resource.NewProperty("hunter22")),
		"lines": resource.MakeSecret(resource.NewProperty("one\n\"two\"")),
	}
	for message, wanted := range map[string]string{
		`invalid value "hunter22"`:        `invalid value "[secret]"`,
		`exec: "one\n\"two\"": not found`: `exec: "[secret]": not found`,
		`data.a: aHVudGVyMjI= is long`:    `data.a: [secret] is long`,
	} {
		if got := redact(inputs, message)[0]; got != wanted {
			t.Errorf("%s became %s", message, got)
		}
	}
}
