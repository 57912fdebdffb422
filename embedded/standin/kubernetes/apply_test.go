package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/blang/semver"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

const configMapURN = resource.URN("urn:pulumi:s::p::kubernetes:core/v1:ConfigMap::x")

// fakeServer is an API server that serves ConfigMaps, has one named x in namespace n, and takes whatever it is sent
// unless it has an answer to that.
type fakeServer struct {
	seen     []string // METHOD, with " dry-run" if it was one
	conflict bool     // applying conflicts with another manager
	missing  bool     // there is no ConfigMap yet
}

func (s *fakeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	answer := func(code int, body any) {
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(body)
	}
	refuse := func(code int, reason metav1.StatusReason, message string, causes ...metav1.StatusCause) {
		answer(code, metav1.Status{
			TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Code: int32(code),
			Reason: reason, Message: message, Details: &metav1.StatusDetails{Causes: causes},
		})
	}
	switch r.URL.Path {
	case "/api":
		answer(200, metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
		return
	case "/apis":
		answer(200, metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}})
		return
	case "/api/v1":
		answer(200, metav1.APIResourceList{
			TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: "v1",
			APIResources: []metav1.APIResource{{Name: "configmaps", Kind: "ConfigMap", Namespaced: true}},
		})
		return
	}
	call := r.Method
	if r.URL.Query().Get("dryRun") == "All" {
		call += " dry-run"
	}
	s.seen = append(s.seen, call)
	switch {
	case r.Method == http.MethodPost && !s.missing:
		refuse(409, metav1.StatusReasonAlreadyExists, `configmaps "x" already exists`)
	case (r.Method == http.MethodGet || r.Method == http.MethodDelete) && s.missing:
		refuse(404, metav1.StatusReasonNotFound, `configmaps "x" not found`)
	case r.Method == http.MethodPatch && s.conflict:
		refuse(409, metav1.StatusReasonConflict, `Apply failed with 1 conflict: conflict with "argocd": .data.a`,
			metav1.StatusCause{Type: metav1.CauseTypeFieldManagerConflict, Message: `conflict with "argocd"`, Field: ".data.a"})
	default:
		answer(200, configMap().Mappable())
	}
}

func configMap() resource.PropertyMap { return with("v1", "ConfigMap", "data", object{"a": "1"}) }

// providerOf is a provider that talks to a server.
func providerOf(t *testing.T, server *fakeServer, with settings) *kubeProvider {
	t.Helper()
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	p := newProvider(nil, semver.Version{})
	p.settings = with
	var err error
	if p.cluster, err = newCluster(&rest.Config{Host: listener.URL}); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCreateTakesOverOnlyWhatItMay(t *testing.T) {
	const exists = "already exists"
	for name, test := range map[string]struct {
		server    fakeServer
		upsert    bool
		preview   bool
		isReplace bool
		calls     []string
		refusal   string
	}{
		"nothing there":               {fakeServer{missing: true}, false, false, false, []string{"GET", "PATCH"}, ""},
		"something there":             {fakeServer{}, false, false, false, []string{"GET"}, exists},
		"something there, upsert":     {fakeServer{}, true, false, false, []string{"PATCH"}, ""},
		"preview":                     {fakeServer{}, false, true, false, []string{"POST dry-run"}, exists},
		"preview, upsert":             {fakeServer{}, true, true, false, []string{"PATCH dry-run"}, ""},
		"preview of a replacement":    {fakeServer{}, false, true, true, []string{"POST dry-run"}, ""},
		"same with upsert":            {fakeServer{}, true, true, true, []string{"POST dry-run"}, ""},
		"preview, upsert, a conflict": {fakeServer{conflict: true}, true, true, false, []string{"PATCH dry-run"}, "argocd"},
	} {
		p := providerOf(t, &test.server, settings{upsert: test.upsert})
		old := resource.PropertyMap(nil)
		if test.isReplace {
			old = configMap()
		}
		_, err := p.Check(context.Background(), plugin.CheckRequest{
			URN: configMapURN, Type: "kubernetes:core/v1:ConfigMap", Olds: old, News: configMap(),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Create(context.Background(), plugin.CreateRequest{
			URN: configMapURN, Properties: configMap(), Preview: test.preview,
		})
		if !slices.Equal(test.server.seen, test.calls) {
			t.Errorf("%s: asked for %q", name, test.server.seen)
		}
		if (err != nil) != (test.refusal != "") || err != nil && !strings.Contains(err.Error(), test.refusal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAConflictNamesManagerFieldAndTheWayOut(t *testing.T) {
	p := providerOf(t, &fakeServer{conflict: true}, settings{})
	_, err := p.Update(context.Background(), plugin.UpdateRequest{URN: configMapURN, NewInputs: configMap()})
	for _, part := range []string{`configmaps "x" in namespace "n"`, "argocd", ".data.a", "pulumi.com/patchForce"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in: %v", part, err)
		}
	}
}

func TestDeleteTakesGoneForDone(t *testing.T) {
	for name, server := range map[string]*fakeServer{
		"was not there":                  {missing: true},
		"another one is there meanwhile": {}, // without the uid that the state knows
	} {
		p := providerOf(t, server, settings{})
		_, err := p.Delete(context.Background(), plugin.DeleteRequest{
			URN: configMapURN, ID: "n/x", Type: "kubernetes:core/v1:ConfigMap", Timeout: 1,
			Outputs: with("v1", "ConfigMap", "metadata", object{"uid": "known"}),
		})
		if err != nil || server.seen[0] != http.MethodDelete {
			t.Errorf("%s: asked for %q: %v", name, server.seen, err)
		}
	}
}
