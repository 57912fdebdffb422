package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

const patience = 2 * time.Second

// serve ADDRESS CANARY: says the canary to whoever connects, by HTTP or otherwise.
func serve(args []string) error {
	listener, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	canary := args[1]
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer connection.Close()
			fmt.Fprintf(connection, "HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(canary), canary)
			// Unread bytes would turn the end of the connection into a reset.
			_ = connection.SetReadDeadline(time.Now().Add(patience))
			_, _ = bufio.NewReader(connection).ReadString('\n')
		}()
	}
}

// tcp HOST:PORT [CANARY]: connects, and reads the canary if one is given.
func connectTCP(args []string) error {
	connection, err := net.DialTimeout("tcp", args[0], patience)
	if err != nil {
		return err
	}
	defer connection.Close()
	if len(args) == 1 {
		return nil
	}
	_ = connection.SetDeadline(time.Now().Add(patience))
	fmt.Fprint(connection, "GET / HTTP/1.0\r\n\r\n")
	return contains(connection, args[1])
}

// spoof OWN-ADDRESS HOST:PORT: connects with another sender's address.
func spoof(args []string) error {
	const freebind = 15
	dialer := net.Dialer{
		Timeout:   patience,
		LocalAddr: &net.TCPAddr{IP: net.ParseIP(args[0])},
		Control: func(_, _ string, raw syscall.RawConn) (err error) {
			_ = raw.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_IP, freebind, 1) })
			return err
		},
	}
	connection, err := dialer.Dial("tcp", args[1])
	if err != nil {
		return err
	}
	return connection.Close()
}

// http METHOD URL WANTED [HEADER: VALUE]…: wants a status code, or a text in the answer.
func request(args []string) error {
	outgoing, err := http.NewRequest(args[0], args[1], strings.NewReader(os.Getenv("BODY")))
	if err != nil {
		return err
	}
	for _, header := range args[3:] {
		name, value, _ := strings.Cut(header, ": ")
		outgoing.Header.Set(name, value)
	}
	client := http.Client{
		Timeout:   patience + 3*time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}
	answer, err := client.Do(outgoing)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if fmt.Sprint(answer.StatusCode) == args[2] {
		return nil
	}
	if err := contains(answer.Body, args[2]); err != nil {
		return errRefused("status " + fmt.Sprint(answer.StatusCode))
	}
	return nil
}

func contains(reader io.Reader, wanted string) error {
	text, err := io.ReadAll(io.LimitReader(reader, 1<<20))
	if strings.Contains(string(text), wanted) {
		return nil
	}
	return errors.Join(errRefused("another answer"), err)
}

// lookup host|ptr|srv NAME WANTED: asks the cluster's DNS.
func lookup(args []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var answers []string
	var err error
	switch args[0] {
	case "host":
		answers, err = net.DefaultResolver.LookupHost(ctx, args[1])
	case "ptr":
		answers, err = net.DefaultResolver.LookupAddr(ctx, args[1])
	case "srv":
		_, records, failure := net.DefaultResolver.LookupSRV(ctx, "", "", args[1])
		err = failure
		for _, record := range records {
			answers = append(answers, fmt.Sprintf("%s:%d", record.Target, record.Port))
		}
	}
	if text := strings.Join(answers, " "); strings.Contains(text, args[2]) {
		fmt.Println(text)
		return nil
	}
	return errors.Join(errRefused("no such answer"), err)
}

// axfr SERVER:PORT ZONE WANTED: asks for a transfer of the zone.
func axfr(args []string) error {
	connection, err := net.DialTimeout("tcp", args[0], patience)
	if err != nil {
		return err
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(patience))
	const typeAXFR, classIN = 252, 1
	query := []byte{0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	for _, label := range strings.Split(args[1], ".") {
		query = append(append(query, byte(len(label))), label...)
	}
	query = binary.BigEndian.AppendUint16(append(query, 0), typeAXFR)
	query = binary.BigEndian.AppendUint16(query, classIN)
	if _, err := connection.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)); err != nil {
		return err
	}
	return contains(connection, args[2])
}

// bind PORT: listens.
func bind(args []string) error {
	listener, err := net.Listen("tcp", ":"+args[0])
	if err != nil {
		return err
	}
	return listener.Close()
}

// socket icmp|packet|vsock|interface: opens a socket of that sort; with the last it sets up an interface anew.
func openSocket(args []string) error {
	switch args[0] {
	case "icmp":
		return closed(syscall.Socket(syscall.AF_INET, syscall.SOCK_RAW, syscall.IPPROTO_ICMP))
	case "packet":
		const everyProtocol = 0x0300
		return closed(syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, everyProtocol))
	case "vsock":
		const vsock = 40
		return closed(syscall.Socket(vsock, syscall.SOCK_STREAM, 0))
	case "interface":
		// Loopback, with the flags that it has: changes nothing, and needs CAP_NET_ADMIN.
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
		if err != nil {
			return err
		}
		defer syscall.Close(fd)
		return setFlags(fd, "lo")
	}
	return errRefused("no such socket")
}

func closed(fd int, err error) error {
	if err != nil {
		return err
	}
	return syscall.Close(fd)
}
