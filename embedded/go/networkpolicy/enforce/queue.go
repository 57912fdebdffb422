package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/florianl/go-nfqueue/v2"
	"github.com/mdlayher/netlink"
	"sigs.k8s.io/kube-network-policies/pkg/network"
)

// Addresses and ports are in the first bytes of a packet.
const headerBytes = 128

// serve answers the kernel's questions until the context ends.
func serve(ctx context.Context, allowed func(*network.Packet) bool) error {
	kernel, err := nfqueue.Open(&nfqueue.Config{
		NfQueue:      queue,
		MaxPacketLen: headerBytes,
		MaxQueueLen:  1024,
		Copymode:     nfqueue.NfQnlCopyPacket,
		// Packets as they are: the kernel would have to split large ones for each question.
		Flags:        nfqueue.NfQaCfgFlagGSO,
		WriteTimeout: 100 * time.Millisecond,
	})
	if err != nil {
		return fmt.Errorf("nfqueue: %w; the kernel needs nfnetlink_queue", err)
	}
	defer kernel.Close()
	failed := make(chan error, 1)
	answer := func(question nfqueue.Attribute) int {
		if err := kernel.SetVerdict(*question.PacketID, verdictOn(question, allowed)); err != nil {
			log.Printf("answer: %v", err)
		}
		return 0
	}
	onError := func(err error) int {
		var operation *netlink.OpError
		if errors.As(err, &operation) && (operation.Timeout() || operation.Temporary()) {
			return 0
		}
		failed <- err
		return 1
	}
	if err := kernel.RegisterWithErrorFunc(ctx, answer, onError); err != nil {
		return fmt.Errorf("nfqueue: %w", err)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-failed:
		return fmt.Errorf("nfqueue: %w", err)
	}
}

func verdictOn(question nfqueue.Attribute, allowed func(*network.Packet) bool) int {
	if question.Payload == nil {
		return nfqueue.NfDrop
	}
	packet, err := network.ParsePacket(*question.Payload)
	if err != nil || !allowed(&packet) {
		return nfqueue.NfDrop
	}
	return nfqueue.NfAccept
}
