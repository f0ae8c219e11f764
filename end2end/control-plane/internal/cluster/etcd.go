package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/transport"
	"go.etcd.io/etcd/server/v3/embed"

	"musterbook.dev/control-plane/internal/certs"
	"musterbook.dev/control-plane/internal/ports"
)

// etcdPatience is how long etcd may take to start.
const etcdPatience = 60 * time.Second

// quota is what the data may grow to: a bench with 100,000 accounts comes close to etcd's own limit of 2 GB.
const quota = 8 << 30

// storage says where etcd is and how to sign in to it.
type storage struct {
	url, authority, cert, key string
}

// startEtcd starts the store and waits until it works. It asks for certificates, as whoever reaches it is above all
// rules of the cluster. It doesn't wait for the disk (UnsafeNoFsync): what it holds may be lost when the machine fails,
// which is right for a demo and for tests, and for nothing else.
func (p *Plane) startEtcd(
	ctx context.Context, authority *certs.Authority, claimed ports.Ports, listeners *ports.Listeners,
) (storage, error) {
	pair, err := authority.ForServer("etcd", "localhost", "127.0.0.1")
	if err != nil {
		return storage{}, err
	}
	cert, key, err := pair.Write(p.files.pki, "etcd")
	if err != nil {
		return storage{}, err
	}
	tls := transport.TLSInfo{CertFile: cert, KeyFile: key, TrustedCAFile: authority.File, ClientCertAuth: true}

	config := embed.NewConfig()
	config.Dir = p.files.etcd
	config.ListenClientUrls, config.AdvertiseClientUrls = loopback(claimed.EtcdClient), loopback(claimed.EtcdClient)
	config.ListenPeerUrls, config.AdvertisePeerUrls = loopback(claimed.EtcdPeer), loopback(claimed.EtcdPeer)
	config.ClientTLSInfo, config.PeerTLSInfo = tls, tls
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	config.QuotaBackendBytes = quota

	// etcd opens its ports itself.
	listeners.EtcdClient.Close()
	listeners.EtcdPeer.Close()
	if p.etcd, err = embed.StartEtcd(config); err != nil {
		return storage{}, err
	}
	select {
	case <-p.etcd.Server.ReadyNotify():
	case err := <-p.etcd.Err():
		return storage{}, err
	case <-time.After(etcdPatience):
		return storage{}, fmt.Errorf("isn't ready after %s", etcdPatience)
	}
	go p.watchEtcd()
	// Not before: an etcd that is stopped before it knows its members never starts again with what it left.
	if err := ctx.Err(); err != nil {
		return storage{}, err
	}
	clientURL := config.ListenClientUrls[0]
	return storage{url: clientURL.String(), authority: authority.File, cert: cert, key: key}, nil
}

// watchEtcd reports that etcd ended by itself.
func (p *Plane) watchEtcd() {
	var err error
	select {
	case err = <-p.etcd.Err():
	case <-p.etcd.Server.StopNotify():
		err = errors.New("ended by itself")
	}
	if !p.stopping.Load() {
		p.failed <- fmt.Errorf("etcd: %w", err)
	}
}

func loopback(port int) []url.URL {
	return []url.URL{{Scheme: "https", Host: fmt.Sprintf("127.0.0.1:%d", port)}}
}
