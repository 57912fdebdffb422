package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"k8s.io/client-go/util/jsonpath"
)

const waitForAnnotation = "pulumi.com/waitFor"

var jsonPathCondition = regexp.MustCompile(`^jsonpath=(\{.+\})=([^=]*)$`)

// judgeWaitFor judges an object by the conditions that its annotation names, nil if it names none. As the official plugin
// does, it takes a list or one of them: `condition=Ready`, `jsonpath={.status.phase}=Running`.
func judgeWaitFor(annotation string) judge {
	if annotation == "" {
		return nil
	}
	var conditions []string
	if json.Unmarshal([]byte(annotation), &conditions) != nil {
		conditions = []string{annotation}
	}
	return func(object map[string]any) verdict {
		found := allConditions(object["status"])
		if !isLookedAt(object, found) {
			return verdict{waiting: "the controller to look at the change"}
		}
		for _, condition := range conditions {
			if met, err := isMet(object, condition); err != nil {
				return verdict{failed: fmt.Sprintf("%s %q: %s", waitForAnnotation, condition, err)}
			} else if !met {
				return verdict{waiting: strings.Join(append([]string{condition}, refusals(found)...), "; ")}
			}
		}
		return verdict{ready: true}
	}
}

func isMet(object map[string]any, condition string) (bool, error) {
	if kind, isCondition := strings.CutPrefix(condition, "condition="); isCondition {
		return conditionOf(object, kind).status == "True", nil
	}
	parts := jsonPathCondition.FindStringSubmatch(condition)
	if parts == nil {
		return false, fmt.Errorf("is neither condition=TYPE nor jsonpath={PATH}=VALUE")
	}
	path := jsonpath.New(condition).AllowMissingKeys(true)
	if err := path.Parse(parts[1]); err != nil {
		return false, err
	}
	var value bytes.Buffer
	// An index into a list that is not there yet is an error of its own.
	if err := path.Execute(&value, object); err != nil {
		return false, nil
	}
	return value.String() == parts[2], nil
}

// isLookedAt says whether any of the conditions is of the object's present generation. Others may be older: a route has
// those of parents that it has no more.
func isLookedAt(object map[string]any, conditions []map[string]any) bool {
	latest := int64(-1)
	for _, condition := range conditions {
		latest = max(latest, number(condition, -1, "observedGeneration"))
	}
	return latest < 0 || latest >= number(object, 0, "metadata", "generation")
}

// allConditions returns the conditions of an object and of every parent, ancestor and listener in its status.
func allConditions(status any) []map[string]any {
	var found []map[string]any
	switch value := status.(type) {
	case []any:
		for _, each := range value {
			found = append(found, allConditions(each)...)
		}
	case map[string]any:
		if value["status"] != nil && value["type"] != nil {
			return []map[string]any{value}
		}
		for _, key := range []string{"conditions", "parents", "ancestors", "listeners"} {
			found = append(found, allConditions(value[key])...)
		}
	}
	return found
}

// refusals returns the messages of conditions that are False.
func refusals(conditions []map[string]any) []string {
	var found []string
	for _, condition := range conditions {
		if condition["status"] == "False" {
			found = append(found, fmt.Sprintf("%v is False: %v", condition["type"], condition["message"]))
		}
	}
	return found
}
