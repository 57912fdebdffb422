package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

const mebibyte = 1 << 20

// memory MIB: has that much at once.
func takeMemory(args []string) error {
	count, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	taken := make([][]byte, 0, count)
	for range count {
		block := make([]byte, mebibyte)
		for at := 0; at < len(block); at += os.Getpagesize() {
			block[at] = 1
		}
		taken = append(taken, block)
	}
	fmt.Println("has", len(taken), "MiB")
	return nil
}

// forks COUNT: has that many processes at once.
func fork(args []string) error {
	count, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	var children []*exec.Cmd
	defer func() {
		for _, child := range children {
			_ = child.Process.Kill()
			_ = child.Wait()
		}
	}()
	for range count {
		child := exec.Command("/bin/sleep", "60")
		if err := child.Start(); err != nil {
			return fmt.Errorf("after %d: %w", len(children), err)
		}
		children = append(children, child)
	}
	return nil
}

// hide FILE MIB SECONDS: a file that has no name any more, and so much in it for so long.
func hideFile(args []string) error {
	size, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(args[0], os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := os.Remove(args[0]); err != nil {
		return err
	}
	block := make([]byte, mebibyte)
	for at := range size {
		if _, err := file.Write(block); err != nil {
			return fmt.Errorf("after %d MiB: %w", at, err)
		}
	}
	return sleep(args[2:])
}

// reserve FILE MIB: disk space, without writing to it.
func reserve(args []string) error {
	size, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	file, err := os.Create(args[0])
	if err != nil {
		return err
	}
	defer os.Remove(args[0])
	defer file.Close()
	return syscall.Fallocate(int(file.Fd()), 0, 0, size*mebibyte)
}

// spin THREADS SECONDS: takes what CPU it gets.
func spin(args []string) error {
	threads, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	runtime.GOMAXPROCS(threads)
	for range threads {
		go func() {
			for {
			}
		}()
	}
	return sleep(args[1:])
}

func sleep(args []string) error {
	seconds, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	time.Sleep(time.Duration(seconds) * time.Second)
	return nil
}
