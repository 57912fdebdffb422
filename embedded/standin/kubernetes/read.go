package main

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Read returns the object as it is now, and as inputs what became of the fields that the program asked for. Without
// inputs it is an import.
func (p *kubeProvider) Read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	ctx, done := p.operation(ctx)
	defer done()

	t, defined, err := p.cluster.known(req.Type, req.Inputs, req.ID)
	if err != nil || !defined {
		return plugin.ReadResponse{}, err
	}
	object, err := t.api.Get(ctx, t.name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return plugin.ReadResponse{}, nil
	}
	if err != nil {
		return plugin.ReadResponse{}, explain(t, err, req.Inputs)
	}

	inputs := importedInputs(object.Object)
	if len(req.Inputs) > 0 {
		inputs = liveInputs(normalized(req.Inputs), object.Object)
	}
	outputs := outputsOf(object, inputs, fieldManager(req.URN, inputs, req.State), initialVersion(req.State, inputs))
	if waits(inputs) {
		if failure := p.judgeOnce(ctx, t, object, inputs); failure != nil {
			return plugin.ReadResponse{}, initFailed(req.ID, failure, outputs, inputs)
		}
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: req.ID, Inputs: inputs, Outputs: outputs}}, nil
}

// importedInputs are those of a program that would have made the object: all but what the API server adds.
func importedInputs(object map[string]any) resource.PropertyMap {
	inputs := fromPlainMap(object)
	delete(inputs, "status")
	if metadata := inputs["metadata"]; metadata.IsObject() {
		for _, field := range serverFields {
			delete(metadata.ObjectValue(), field)
		}
		if annotations := metadata.ObjectValue()["annotations"]; annotations.IsObject() {
			delete(annotations.ObjectValue(), "deployment.kubernetes.io/revision")
			delete(annotations.ObjectValue(), "kubectl.kubernetes.io/last-applied-configuration")
		}
	}
	markSecrets(inputs, nil)
	return inputs
}
