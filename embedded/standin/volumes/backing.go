package main

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// backing is where the bytes of volumes are. Its methods may be repeated: what is done already is left alone.
type backing interface {
	create(volume string, size resource.Quantity) error
	grow(volume string, size resource.Quantity) error
	remove(volume string) error
	source(volume string) corev1.PersistentVolumeSource
}

// nowhere keeps no byte: simulated pods write none.
type nowhere struct{ driver string }

func (nowhere) create(string, resource.Quantity) error { return nil }
func (nowhere) grow(string, resource.Quantity) error   { return nil }
func (nowhere) remove(string) error                    { return nil }

func (n nowhere) source(volume string) corev1.PersistentVolumeSource {
	return corev1.PersistentVolumeSource{
		CSI: &corev1.CSIPersistentVolumeSource{Driver: n.driver, VolumeHandle: volume},
	}
}

// topology is the label, "key=value", of the nodes from which a volume can be reached; all of them if empty.
type topology struct{ key, value string }

func (t topology) affinity() *corev1.VolumeNodeAffinity {
	if t.key == "" {
		return nil
	}
	return &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{
			MatchExpressions: []corev1.NodeSelectorRequirement{
				{Key: t.key, Operator: corev1.NodeSelectorOpIn, Values: []string{t.value}},
			},
		}},
	}}
}
