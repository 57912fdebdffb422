package main

import (
	"context"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

func inputs(values map[string]any) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(values)
}

func TestAStringHasItsLengthAndAtLeastTheMinimumOfEachClass(t *testing.T) {
	alphabet, err := newAlphabet(inputs(map[string]any{
		"length": 12, "minUpper": 2, "minLower": 3, "minNumeric": 4, "minSpecial": 1, "overrideSpecial": "_",
	}))
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		drawn, err := alphabet.draw()
		if err != nil {
			t.Fatal(err)
		}
		if len(drawn) != 12 {
			t.Fatalf("%q has %d characters", drawn, len(drawn))
		}
		for _, minimum := range alphabet.minimums {
			if count := strings.Count(maskOf(drawn, minimum.characters), "x"); count < minimum.count {
				t.Fatalf("%q has %d of %q, wanted %d", drawn, count, minimum.characters, minimum.count)
			}
		}
	}
}

// maskOf marks the characters of drawn that are among characters.
func maskOf(drawn, characters string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(characters, r) {
			return 'x'
		}
		return '.'
	}, drawn)
}

func TestEveryCharacterIsAsLikely(t *testing.T) {
	alphabet, err := newAlphabet(inputs(map[string]any{"length": 62_000, "special": false}))
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := alphabet.draw()
	if err != nil {
		t.Fatal(err)
	}
	for _, character := range alphabet.all {
		// 1000 expected, standard deviation 31: beyond eight of them it is not chance.
		if count := strings.Count(drawn, string(character)); count < 750 || count > 1250 {
			t.Errorf("%q was drawn %d times of 62000", character, count)
		}
	}
}

func TestImpossibleInputsAreRefused(t *testing.T) {
	for name, values := range map[string]map[string]any{
		"no length":              {},
		"a fraction":             {"length": 1.5},
		"minimums beyond length": {"length": 3, "minUpper": 2, "minLower": 2},
		"nothing to draw from":   {"length": 3, "upper": false, "lower": false, "numeric": false, "special": false},
	} {
		if failures := validateString(inputs(values)); len(failures) == 0 {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestAnUnknownLengthIsCheckedLater(t *testing.T) {
	values := resource.PropertyMap{"length": resource.MakeComputed(resource.NewProperty(0.0))}
	if failures := validateString(values); len(failures) > 0 {
		t.Errorf("refused: %v", failures)
	}
}

// The id of RandomBytes is its value, as with the official provider: what the program does about it, its tests see.
func TestSecretValuesAreMarkedAndTheIDOfAPasswordIsNone(t *testing.T) {
	for token, test := range map[tokens.Type]struct {
		secrets []resource.PropertyKey
		id      func(made generated) string
	}{
		"random:index/randomBytes:RandomBytes": {
			[]resource.PropertyKey{"base64", "hex"}, func(made generated) string { return text(made.outputs["base64"]) },
		},
		"random:index/randomPassword:RandomPassword": {
			[]resource.PropertyKey{"result", "bcryptHash"}, func(generated) string { return "none" },
		},
	} {
		made, err := kinds[token].generate(inputs(map[string]any{"length": 100}))
		if err != nil {
			t.Fatal(err)
		}
		if wanted := test.id(made); string(made.id) != wanted {
			t.Errorf("%s: id %q, wanted %q", token, made.id, wanted)
		}
		for _, key := range test.secrets {
			if !made.outputs[key].IsSecret() {
				t.Errorf("%s: %s is in the clear", token, key)
			}
		}
	}
}

func text(value resource.PropertyValue) string { return withoutSecrets(value).StringValue() }

// The expected values are examples of the official provider's documentation and of its tests.
func TestAnImportedValueIsShownInEveryEncoding(t *testing.T) {
	for _, test := range []struct {
		token   tokens.Type
		id      string
		newID   resource.ID
		inputs  map[string]any
		outputs map[resource.PropertyKey]string
	}{
		{
			"random:index/randomId:RandomId", "my-prefix-,p-9hUg", "p-9hUg",
			map[string]any{"byteLength": 4, "prefix": "my-prefix-"},
			map[resource.PropertyKey]string{
				"b64Url": "my-prefix-p-9hUg", "b64Std": "my-prefix-p+9hUg==", "hex": "my-prefix-a7ef6152",
				"dec": "my-prefix-2817483090",
			},
		},
		{
			"random:index/randomBytes:RandomBytes", "8/fu3q+2DcgSJ19i0jZ5Cw==", "8/fu3q+2DcgSJ19i0jZ5Cw==", map[string]any{"length": 16},
			map[resource.PropertyKey]string{
				"base64": "8/fu3q+2DcgSJ19i0jZ5Cw==", "hex": "f3f7eedeafb60dc812275f62d236790b",
			},
		},
		{
			"random:index/randomPassword:RandomPassword", "hunter2", noID, map[string]any{"length": 7},
			map[resource.PropertyKey]string{"result": "hunter2"},
		},
		{
			"random:index/randomString:RandomString", "abc", "abc", map[string]any{"length": 3},
			map[resource.PropertyKey]string{"result": "abc"},
		},
	} {
		response, err := (&randomProvider{}).Read(context.Background(), plugin.ReadRequest{
			Type: test.token, ID: resource.ID(test.id),
		})
		if err != nil {
			t.Fatal(err)
		}
		if response.ID != test.newID || !response.Inputs.DeepEquals(inputs(test.inputs)) {
			t.Errorf("%s: id %q, inputs %v", test.token, response.ID, response.Inputs)
		}
		for key, wanted := range test.outputs {
			if got := withoutSecrets(response.Outputs[key]); got.StringValue() != wanted {
				t.Errorf("%s: %s is %q, wanted %q", test.token, key, got.StringValue(), wanted)
			}
		}
	}
	if _, err := importBytes("not base64!"); err == nil {
		t.Error("an id that is no base64 was imported")
	}
}

func TestOnlyARealChangeMakesANewPassword(t *testing.T) {
	old := map[string]any{"length": 16, "keepers": map[string]any{"epoch": "1"}}
	secretKeeper := inputs(old)
	secretKeeper["keepers"] = resource.MakeSecret(secretKeeper["keepers"])
	for name, test := range map[string]struct {
		updated  resource.PropertyMap
		replaced bool
	}{
		"a keeper":             {inputs(map[string]any{"length": 16, "keepers": map[string]any{"epoch": "2"}}), true},
		"no keepers":           {inputs(map[string]any{"length": 16}), true},
		"no special ones":      {inputs(map[string]any{"length": 16, "special": false, "keepers": old["keepers"]}), true},
		"a default spelt out":  {inputs(map[string]any{"length": 16, "special": true, "keepers": old["keepers"]}), false},
		"a keeper made secret": {secretKeeper, false},
	} {
		response, err := (&randomProvider{}).Diff(context.Background(), plugin.DiffRequest{
			Type: "random:index/randomPassword:RandomPassword", OldInputs: inputs(old), NewInputs: test.updated,
		})
		if err != nil {
			t.Fatal(err)
		}
		if response.Replace() != test.replaced || (response.Changes == plugin.DiffSome) != test.replaced {
			t.Errorf("%s: %+v", name, response)
		}
	}
}
