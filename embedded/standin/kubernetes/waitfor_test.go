package main

import (
	"strings"
	"testing"
)

// routed is an HTTPRoute of generation 2 with one parent's conditions.
func routed(conditions ...map[string]any) map[string]any {
	list := make([]any, len(conditions))
	for i, condition := range conditions {
		list[i] = condition
	}
	return map[string]any{
		"metadata": map[string]any{"generation": int64(2)},
		"status":   map[string]any{"parents": []any{map[string]any{"conditions": list}}},
	}
}

func seen(kind, status string, generation int64) map[string]any {
	return map[string]any{
		"type": kind, "status": status, "observedGeneration": generation, "message": "because of " + kind,
	}
}

const accepted = `["jsonpath={.status.parents[0].conditions[?(@.type==\"Accepted\")].status}=True"]`

func TestWhatAnAnnotationWaitsFor(t *testing.T) {
	gateway := map[string]any{"status": map[string]any{"conditions": []any{seen("Programmed", "True", 0)}}}
	for _, test := range []struct {
		name, annotation string
		object           map[string]any
		ready            bool
		says             string
	}{
		{"a path that is met", accepted, routed(seen("Accepted", "True", 2)), true, ""},
		{"a condition that is met", "condition=Programmed", gateway, true, ""},
		{"no status yet", accepted, map[string]any{}, false, "Accepted"},
		{"another condition", accepted, routed(seen("ResolvedRefs", "True", 2)), false, "Accepted"},
		{"a refusal", accepted, routed(seen("Accepted", "False", 2)), false, "Accepted is False: because of Accepted"},
		{"a change not looked at", accepted, routed(seen("Accepted", "True", 1)), false, "look at the change"},
		{"one looked at, beside one of before", accepted, routed(seen("Accepted", "True", 2), seen("Other", "True", 1)), true, ""},
		{"a path that is none", "jsonpath={.a", map[string]any{}, false, "is neither"},
	} {
		t.Run(test.name, func(t *testing.T) {
			verdict := judgeWaitFor(test.annotation)(test.object)
			if verdict.ready != test.ready || !strings.Contains(verdict.waiting+verdict.failed, test.says) {
				t.Errorf("got %+v", verdict)
			}
		})
	}
	if judgeWaitFor("") != nil {
		t.Error("an object without the annotation is waited for")
	}
}
