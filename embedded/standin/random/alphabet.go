package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// The character classes are those of the official provider.
const (
	upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lowerCase = "abcdefghijklmnopqrstuvwxyz"
	digits    = "0123456789"
	specials  = "!@#$%&*()-_=+[]{}<>:?"
)

// alphabet is what a random string is drawn from.
type alphabet struct {
	length   int
	all      string
	minimums []minimum
}

// minimum is how many characters of a class a string has at least.
type minimum struct {
	characters string
	count      int
}

// newAlphabet reads the inputs of RandomPassword and RandomString.
func newAlphabet(inputs resource.PropertyMap) (alphabet, error) {
	classes := []struct {
		enabled    bool
		minimum    resource.PropertyKey
		characters string
	}{
		{boolInput(inputs, "upper", true), "minUpper", upperCase},
		{boolInput(inputs, "lower", true), "minLower", lowerCase},
		// `number` is the older name of `numeric`; either switches digits off.
		{boolInput(inputs, "numeric", true) && boolInput(inputs, "number", true), "minNumeric", digits},
		{boolInput(inputs, "special", true), "minSpecial", stringInput(inputs, "overrideSpecial", specials)},
	}

	drawn := alphabet{length: intInput(inputs, "length", 0)}
	required := 0
	for _, class := range classes {
		count := intInput(inputs, class.minimum, 0)
		if count < 0 || (count > 0 && class.characters == "") {
			return alphabet{}, fmt.Errorf("%s is %d, which cannot be met", class.minimum, count)
		}
		if class.enabled {
			drawn.all += class.characters
		}
		drawn.minimums = append(drawn.minimums, minimum{class.characters, count})
		required += count
	}
	if required > drawn.length {
		return alphabet{}, fmt.Errorf(
			"length is %d, but minUpper, minLower, minNumeric and minSpecial add up to %d", drawn.length, required)
	}
	if drawn.all == "" && required < drawn.length {
		return alphabet{}, errors.New("upper, lower, numeric and special are all off: there is nothing to draw from")
	}
	return drawn, nil
}

// draw returns a random string: the minimum of each class, the rest from all, in random order.
func (a alphabet) draw() (string, error) {
	drawn := make([]byte, 0, a.length)
	add := func(characters string, count int) error {
		for range count {
			index, err := below(len(characters))
			if err != nil {
				return err
			}
			drawn = append(drawn, characters[index])
		}
		return nil
	}
	for _, minimum := range a.minimums {
		if err := add(minimum.characters, minimum.count); err != nil {
			return "", err
		}
	}
	if err := add(a.all, a.length-len(drawn)); err != nil {
		return "", err
	}
	// Fisher–Yates: without it the first characters' classes would be known.
	for i := len(drawn) - 1; i > 0; i-- {
		j, err := below(i + 1)
		if err != nil {
			return "", err
		}
		drawn[i], drawn[j] = drawn[j], drawn[i]
	}
	return string(drawn), nil
}

// below returns a number in [0, limit), each as likely: rand.Int draws again where a modulo would be biased.
func below(limit int) (int, error) {
	drawn, err := rand.Int(rand.Reader, big.NewInt(int64(limit)))
	if err != nil {
		return 0, fmt.Errorf("the system's random generator failed: %w", err)
	}
	return int(drawn.Int64()), nil
}
