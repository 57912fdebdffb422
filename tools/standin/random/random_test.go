package main

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
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

func TestSecretValuesAreMarkedAndNeverTheID(t *testing.T) {
	id, outputs, err := generateBytes(inputs(map[string]any{"length": 32}))
	if err != nil {
		t.Fatal(err)
	}
	if id != noID || !outputs["base64"].IsSecret() || !outputs["hex"].IsSecret() {
		t.Errorf("id %q, outputs %v", id, outputs)
	}
	id, outputs, err = generatePassword(inputs(map[string]any{"length": 100}))
	if err != nil {
		t.Fatal(err)
	}
	if id != noID || !outputs["result"].IsSecret() || !outputs["bcryptHash"].IsSecret() {
		t.Errorf("id %q, outputs %v", id, outputs)
	}
}
