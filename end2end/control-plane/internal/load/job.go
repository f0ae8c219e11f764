// Package load makes load for the bench: requests as fast as they are answered, streams that stay open, changes at a steady
// rate. It is no part of the program that it measures, so that it can have a core of its own.
package load

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"musterbook.dev/control-plane/internal/certs"
)

// Job is one of three things to do.
type Job struct {
	Requests *Requests `json:"requests,omitempty"`
	Streams  *Streams  `json:"streams,omitempty"`
	Changes  *Changes  `json:"changes,omitempty"`
}

// Run does it, and returns what was measured.
func (j Job) Run(ctx context.Context) (any, error) {
	switch {
	case j.Requests != nil:
		return j.Requests.run(ctx)
	case j.Streams != nil:
		return j.Streams.run(ctx)
	case j.Changes != nil:
		return j.Changes.run(ctx)
	default:
		return nil, errors.New("the job has neither requests nor streams nor changes")
	}
}

// Person signs in to the API server with a certificate of its own authority: nothing stands between them.
type Person struct {
	// Dir is the control plane's.
	Dir    string   `json:"dir"`
	Name   string   `json:"name"`
	Groups []string `json:"groups,omitempty"`
}

// transport keeps as many connections as there are requests at once. Over TLS it is one connection with HTTP/2.
func transport(person *Person, atOnce int) (*http.Transport, error) {
	transport := &http.Transport{
		MaxIdleConnsPerHost: atOnce,
		IdleConnTimeout:     time.Hour,
		DisableCompression:  true, // what is accepted is in the headers, and nothing is unpacked
		ForceAttemptHTTP2:   true,
	}
	if person == nil {
		return transport, nil
	}
	authority, err := certs.LoadOrCreateAuthority(filepath.Join(person.Dir, "pki"))
	if err != nil {
		return nil, err
	}
	pair, err := authority.ForClient(person.Name, person.Groups...)
	if err != nil {
		return nil, err
	}
	certificate, err := tls.X509KeyPair(pair.Cert, pair.Key)
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", person.Name, err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.Certificate())
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	return transport, nil
}
