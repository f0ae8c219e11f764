package certs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
)

func TestAServerCertificateHoldsForItsNamesOnly(t *testing.T) {
	authority := newAuthority(t, t.TempDir())
	pair, err := authority.ForServer("kube-apiserver", "localhost", "127.0.0.1", "kubernetes.default.svc")
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1", "kubernetes.default.svc"} {
		if err := verify(t, authority, pair, host, x509.ExtKeyUsageServerAuth); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if err := verify(t, authority, pair, "example.com", x509.ExtKeyUsageServerAuth); err == nil {
		t.Error("holds for a foreign name")
	}
	if _, err := tls.X509KeyPair(pair.Cert, pair.Key); err != nil {
		t.Errorf("the key doesn't fit: %v", err)
	}
}

func TestAClientCertificateNamesUserAndGroups(t *testing.T) {
	authority := newAuthority(t, t.TempDir())
	pair, err := authority.ForClient("jane", "team")
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(t, authority, pair, "", x509.ExtKeyUsageClientAuth); err != nil {
		t.Error(err)
	}
	if err := verify(t, authority, pair, "", x509.ExtKeyUsageServerAuth); err == nil {
		t.Error("a client's certificate serves")
	}
	subject := parsed(t, pair.Cert).Subject
	if subject.CommonName != "jane" || len(subject.Organization) != 1 || subject.Organization[0] != "team" {
		t.Errorf("subject is %v", subject)
	}
}

func TestTheAuthorityIsKept(t *testing.T) {
	dir := t.TempDir()
	first := newAuthority(t, dir)
	pair, err := first.ForClient("jane")
	if err != nil {
		t.Fatal(err)
	}
	second := newAuthority(t, dir)
	if !bytes.Equal(first.Certificate(), second.Certificate()) {
		t.Error("the authority changed")
	}
	if err := verify(t, second, pair, "", x509.ExtKeyUsageClientAuth); err != nil {
		t.Error(err)
	}
}

func TestKeysAreKeptAndPrivate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "service-accounts.key")
	if err := LoadOrCreateTokenKey(file); err != nil {
		t.Fatal(err)
	}
	first, _ := os.ReadFile(file)
	if err := LoadOrCreateTokenKey(file); err != nil {
		t.Fatal(err)
	}
	if second, _ := os.ReadFile(file); !bytes.Equal(first, second) {
		t.Error("the key changed")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func newAuthority(t *testing.T, dir string) *Authority {
	t.Helper()
	authority, err := LoadOrCreateAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	return authority
}

func verify(t *testing.T, authority *Authority, pair Pair, host string, usage x509.ExtKeyUsage) error {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.Certificate())
	_, err := parsed(t, pair.Cert).Verify(x509.VerifyOptions{
		DNSName:   host,
		Roots:     roots,
		KeyUsages: []x509.ExtKeyUsage{usage},
	})
	return err
}

func parsed(t *testing.T, text []byte) *x509.Certificate {
	t.Helper()
	certificate, err := parseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}
