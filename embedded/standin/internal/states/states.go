// Package states reads the states that test/upgrade/states holds, for tests.
package states

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// Resource is what a state says of one resource.
type Resource struct {
	URN     resource.URN
	Type    tokens.Type
	ID      resource.ID
	Inputs  resource.PropertyMap
	Outputs resource.PropertyMap
}

// Steps are the updates after which states were recorded, each by official plugins and by stand-ins.
var Steps = []string{"0base", "2plan", "3suspend", "4rotate", "5offboard"}

// Load reads a state from the folder, by URN: of one package's resources those that are no providers.
func Load(folder, name, pkg string) (map[resource.URN]Resource, error) {
	file, err := os.Open(filepath.Join(folder, name+".json.gz"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	var state struct {
		Deployment struct {
			Resources []struct {
				URN             string
				Type            string
				ID              string
				Inputs, Outputs map[string]any
			}
		}
	}
	if err := json.NewDecoder(unpacked).Decode(&state); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	resources := map[resource.URN]Resource{}
	for _, found := range state.Deployment.Resources {
		if !strings.HasPrefix(found.Type, pkg+":") {
			continue
		}
		resources[resource.URN(found.URN)] = Resource{
			URN: resource.URN(found.URN), Type: tokens.Type(found.Type), ID: resource.ID(found.ID),
			Inputs: properties(found.Inputs), Outputs: properties(found.Outputs),
		}
	}
	if len(resources) == 0 {
		return nil, fmt.Errorf("%s: no resources of %s", name, pkg)
	}
	return resources, nil
}

func properties(plain map[string]any) resource.PropertyMap {
	found := make(resource.PropertyMap, len(plain))
	for key, value := range plain {
		found[resource.PropertyKey(key)] = property(value)
	}
	return found
}

func property(plain any) resource.PropertyValue {
	switch plain := plain.(type) {
	case map[string]any:
		if plain[resource.SigKey] == resource.SecretSig {
			var value any
			text, _ := plain["plaintext"].(string)
			if err := json.Unmarshal([]byte(text), &value); err != nil {
				panic(err) // the states are files of this repository
			}
			return resource.MakeSecret(property(value))
		}
		return resource.NewProperty(properties(plain))
	case []any:
		values := make([]resource.PropertyValue, len(plain))
		for i, element := range plain {
			values[i] = property(element)
		}
		return resource.NewProperty(values)
	}
	return resource.NewPropertyValue(plain)
}
