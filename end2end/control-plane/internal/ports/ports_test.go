package ports

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPortsStayTheSameOnTheNextStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ports.json")
	first := claimAndClose(t, file)
	if second := claimAndClose(t, file); second != first {
		t.Errorf("got %+v, then %+v", first, second)
	}
}

func TestATakenPortIsReplacedAndTheOthersStay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ports.json")
	first := claimAndClose(t, file)
	squatter, err := listen(first.APIServer)
	if err != nil {
		t.Fatal(err)
	}
	defer squatter.Close()

	second := claimAndClose(t, file)
	if second.APIServer == first.APIServer {
		t.Errorf("kept the taken port %d", first.APIServer)
	}
	if second.EtcdClient != first.EtcdClient || second.EtcdPeer != first.EtcdPeer {
		t.Errorf("changed more than the taken port: %+v, then %+v", first, second)
	}
	if kept, err := read(file); err != nil || kept != second {
		t.Errorf("the file has %+v (%v), want %+v", kept, err, second)
	}
}

func TestADamagedFileIsAnErrorThatNamesIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ports.json")
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Claim(file); err == nil {
		t.Error("a damaged file was taken")
	}
}

func claimAndClose(t *testing.T, file string) Ports {
	t.Helper()
	ports, listeners, err := Claim(file)
	if err != nil {
		t.Fatal(err)
	}
	listeners.Close()
	return ports
}
