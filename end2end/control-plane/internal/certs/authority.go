// Package certs makes the keys and certificates of a control plane: its own authority, which is kept, and certificates
// signed by it, which are made anew at every start.
package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	authorityLife   = 10 * 365 * 24 * time.Hour
	certificateLife = 365 * 24 * time.Hour
	clockSkew       = time.Hour
)

// Authority signs the certificates of one control plane. Clients trust it and nothing else.
type Authority struct {
	// File holds the certificate of the authority.
	File string

	certificate *x509.Certificate
	key         crypto.Signer
}

// Pair is a certificate with its key, both in PEM.
type Pair struct {
	Cert, Key []byte
}

// LoadOrCreateAuthority reads the authority from the directory, or makes one where there is none.
func LoadOrCreateAuthority(dir string) (*Authority, error) {
	certFile, keyFile := filepath.Join(dir, "ca.crt"), filepath.Join(dir, "ca.key")
	key, err := loadOrCreateKey(keyFile, newECKey)
	if err != nil {
		return nil, fmt.Errorf("key of the authority: %w", err)
	}
	text, err := os.ReadFile(certFile)
	if errors.Is(err, fs.ErrNotExist) {
		if text, err = signAuthority(key); err != nil {
			return nil, fmt.Errorf("certificate of the authority: %w", err)
		}
		err = os.WriteFile(certFile, text, 0o644)
	}
	if err != nil {
		return nil, fmt.Errorf("certificate of the authority: %w", err)
	}
	certificate, err := parseCertificate(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", certFile, err)
	}
	return &Authority{File: certFile, certificate: certificate, key: key}, nil
}

// Certificate returns the authority's own certificate in PEM, for kubeconfigs.
func (a *Authority) Certificate() []byte {
	return encode("CERTIFICATE", a.certificate.Raw)
}

// ForServer signs a certificate for a server with these host names and addresses. It may be used as a client as well,
// which etcd needs.
func (a *Authority) ForServer(name string, hosts ...string) (Pair, error) {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	return a.sign(template)
}

// ForClient signs a certificate that makes its holder this user, in these groups.
func (a *Authority) ForClient(user string, groups ...string) (Pair, error) {
	return a.sign(&x509.Certificate{
		Subject:     pkix.Name{CommonName: user, Organization: groups},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
}

// sign gives the template a key, a number and dates, and signs it.
func (a *Authority) sign(template *x509.Certificate) (Pair, error) {
	fail := func(err error) (Pair, error) {
		return Pair{}, fmt.Errorf("certificate for %s: %w", template.Subject.CommonName, err)
	}
	key, err := newECKey()
	if err != nil {
		return fail(err)
	}
	if template.SerialNumber, err = serialNumber(); err != nil {
		return fail(err)
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.NotBefore = time.Now().Add(-clockSkew)
	template.NotAfter = time.Now().Add(certificateLife)
	raw, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return fail(err)
	}
	keyText, err := encodeKey(key)
	if err != nil {
		return fail(err)
	}
	return Pair{Cert: encode("CERTIFICATE", raw), Key: keyText}, nil
}

// Write puts the pair into dir as name.crt and name.key, and returns their paths.
func (p Pair) Write(dir, name string) (certFile, keyFile string, err error) {
	certFile, keyFile = filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
	if err := os.WriteFile(certFile, p.Cert, 0o644); err != nil {
		return "", "", fmt.Errorf("write a certificate: %w", err)
	}
	if err := os.WriteFile(keyFile, p.Key, 0o600); err != nil {
		return "", "", fmt.Errorf("write a key: %w", err)
	}
	return certFile, keyFile, nil
}

// LoadOrCreateTokenKey makes sure that the key that signs service-account tokens is in the file. It is kept, so that
// tokens live on over a restart.
func LoadOrCreateTokenKey(file string) error {
	if _, err := loadOrCreateKey(file, newRSAKey); err != nil {
		return fmt.Errorf("key for service-account tokens: %w", err)
	}
	return nil
}

func signAuthority(key crypto.Signer) ([]byte, error) {
	number, err := serialNumber()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          number,
		Subject:               pkix.Name{CommonName: "musterbook-control-plane-ca"},
		NotBefore:             time.Now().Add(-clockSkew),
		NotAfter:              time.Now().Add(authorityLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return encode("CERTIFICATE", raw), nil
}

func loadOrCreateKey(file string, create func() (crypto.Signer, error)) (crypto.Signer, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return createKey(file, create)
	}
	if err != nil {
		return nil, err
	}
	key, err := parseKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

func createKey(file string, create func() (crypto.Signer, error)) (crypto.Signer, error) {
	key, err := create()
	if err != nil {
		return nil, err
	}
	text, err := encodeKey(key)
	if err != nil {
		return nil, err
	}
	return key, os.WriteFile(file, text, 0o600)
}

func newECKey() (crypto.Signer, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

// newRSAKey makes the kind of key that clusters sign tokens with: RS256 is what every reader of tokens knows.
func newRSAKey() (crypto.Signer, error) {
	return rsa.GenerateKey(rand.Reader, 2048)
}

func serialNumber() (*big.Int, error) {
	return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
}

func encode(kind string, raw []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw})
}

func encodeKey(key crypto.Signer) ([]byte, error) {
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return encode("PRIVATE KEY", raw), nil
}

func parseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no key in PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a key of type %T can't sign", key)
	}
	return signer, nil
}

func parseCertificate(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no certificate in PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}
