// Package ports finds free ports on the loopback address, and keeps them from one start to the next, so that the
// addresses in kubeconfigs and tokens stay true.
package ports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
)

// Ports are the ports of one control plane, as kept in its ports.json.
type Ports struct {
	EtcdClient int `json:"etcdClient"`
	EtcdPeer   int `json:"etcdPeer"`
	APIServer  int `json:"apiServer"`
}

// Listeners hold the ports until the parts take them over.
type Listeners struct {
	EtcdClient, EtcdPeer, APIServer net.Listener
}

// Close lets all ports go.
func (l *Listeners) Close() {
	for _, listener := range []net.Listener{l.EtcdClient, l.EtcdPeer, l.APIServer} {
		if listener != nil {
			listener.Close()
		}
	}
}

// Claim opens the ports that the file names, and free ones in place of those that are missing or taken, and writes the
// file when something changed.
func Claim(file string) (Ports, *Listeners, error) {
	before, err := read(file)
	if err != nil {
		return Ports{}, nil, err
	}
	now, listeners := before, &Listeners{}
	for _, slot := range []struct {
		port     *int
		listener *net.Listener
	}{
		// The one that clients know comes first: a free port chosen for another must not be the one it wants.
		{&now.APIServer, &listeners.APIServer},
		{&now.EtcdClient, &listeners.EtcdClient},
		{&now.EtcdPeer, &listeners.EtcdPeer},
	} {
		if *slot.listener, err = listen(*slot.port); err != nil {
			listeners.Close()
			return Ports{}, nil, err
		}
		*slot.port = (*slot.listener).Addr().(*net.TCPAddr).Port
	}
	if now != before {
		if err := write(file, now); err != nil {
			listeners.Close()
			return Ports{}, nil, err
		}
	}
	return now, listeners, nil
}

// listen opens the wanted port, or any free one where it is 0 or taken.
func listen(wanted int) (net.Listener, error) {
	if wanted != 0 {
		if listener, err := net.Listen("tcp", address(wanted)); err == nil {
			return listener, nil
		}
	}
	listener, err := net.Listen("tcp", address(0))
	if err != nil {
		return nil, fmt.Errorf("find a free port: %w", err)
	}
	return listener, nil
}

func address(port int) string {
	return fmt.Sprintf("127.0.0.1:%d", port)
}

func read(file string) (Ports, error) {
	var ports Ports
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return ports, nil
	}
	if err != nil {
		return ports, fmt.Errorf("read the ports: %w", err)
	}
	if err := json.Unmarshal(text, &ports); err != nil {
		return ports, fmt.Errorf("%s is damaged, delete it: %w", file, err)
	}
	return ports, nil
}

func write(file string, ports Ports) error {
	text, err := json.MarshalIndent(ports, "", "  ")
	if err != nil {
		return fmt.Errorf("write the ports: %w", err)
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write the ports: %w", err)
	}
	return nil
}
