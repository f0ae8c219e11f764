package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// claim makes the directory and locks it, so that two control planes never share one. The lock goes with the process.
func claim(dir string) (release func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the directory: %w", err)
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		lock.Close()
		return nil, fmt.Errorf("another control plane is running in %s", dir)
	}
	return func() { lock.Close() }, nil
}

// redirectStandardError sends file descriptor 2 to the log file and returns the terminal that it was. Kubernetes and etcd
// write there by several ways, klog and zap among them; this catches them all. A crash is written to both.
func redirectStandardError(path string) (io.Writer, error) {
	log, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	defer log.Close()
	before, err := unix.FcntlInt(2, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fmt.Errorf("keep the terminal: %w", err)
	}
	if err := unix.Dup2(int(log.Fd()), 2); err != nil {
		return nil, fmt.Errorf("send standard error to the log: %w", err)
	}
	terminal := os.NewFile(uintptr(before), "terminal")
	if err := debug.SetCrashOutput(terminal, debug.CrashOptions{}); err != nil {
		return nil, fmt.Errorf("let crashes be seen: %w", err)
	}
	return terminal, nil
}
