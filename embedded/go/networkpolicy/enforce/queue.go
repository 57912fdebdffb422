package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/florianl/go-nfqueue/v2"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
	"sigs.k8s.io/kube-network-policies/pkg/network"
)

// Addresses and ports are in the first bytes of a packet.
const headerBytes = 128

// Bytes that questions wait in: those of a full queue. The kernel counts some 2 KB for each, whatever its length.
const receiveBuffer = 8 << 20

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
	if err := kernel.Con.SetReadBuffer(receiveBuffer); err != nil {
		return fmt.Errorf("nfqueue: %w", err)
	}
	failed := make(chan error, 1)
	answer := func(question nfqueue.Attribute) int {
		if err := kernel.SetVerdict(*question.PacketID, verdictOn(question, allowed)); err != nil {
			log.Printf("answer: %v", err)
		}
		return 0
	}
	onError := func(err error) int {
		if isPassing(err) {
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

// isPassing tells whether the next question can be read after this error. ENOBUFS says that the kernel had questions that
// the socket had no room for: it has dropped their packets, and their senders try again.
func isPassing(err error) bool {
	var operation *netlink.OpError
	return errors.Is(err, unix.ENOBUFS) ||
		errors.As(err, &operation) && (operation.Timeout() || operation.Temporary())
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
