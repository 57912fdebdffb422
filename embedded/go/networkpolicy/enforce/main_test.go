package main

import (
	"net"
	"testing"
)

// The engine binds no policy to a sender that is no pod, so an address of the range must not pass for one.
func TestAddressOfTheRangeIsUnknownUntilItIsAPods(t *testing.T) {
	_, pods, err := net.ParseCIDR("10.0.7.0/24")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		address, pod string
		want         bool
	}{
		{"10.0.7.2", "", true},
		{"10.0.7.2", "tenant-acme/openclaw", false},
		{"10.0.7.1", "", false},
		{"10.0.8.2", "", false},
		{"192.0.2.1", "", false},
	} {
		if got := isUnknown(pods, net.ParseIP(test.address), test.pod); got != test.want {
			t.Errorf("%s of pod %q: got %t, want %t", test.address, test.pod, got, test.want)
		}
	}
}
