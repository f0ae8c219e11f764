// Command control-plane runs a real Kubernetes control plane in one process, for Musterbook's demo and for every test that
// needs an API server: etcd, kube-apiserver and the controllers that service accounts depend on. README.md has the flags.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `Usage:
  control-plane run --dir DIR [--apply FILE]... [--issue NAMESPACE/ACCOUNT=FILE]... [--audit | --audit-all] [--stop-with-stdin]
  control-plane apply --kubeconfig FILE [--issue NAMESPACE/ACCOUNT=FILE]... FILE...
  control-plane fill --kubeconfig FILE --accounts N --projects P [--bindings N] [--pods N] [--one-project NAME=N]...
                     [--members NAME,...=ROLE]... [--members-in P] [--identity NAMESPACE/ACCOUNT]
  control-plane load < JOB
  control-plane kubectl ...
  control-plane kubesphere --kubeconfig FILE --version v3|v4 [--project NAME]... [--pause DURATION] [--stop-with-stdin]
`

func main() {
	// After the first signal the handler is taken away, so that a second one ends the process at once.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)

	here := &terminal{out: os.Stdout, err: os.Stderr}
	if err := command(ctx, os.Args[1:], here); err != nil {
		here.complain(err)
		os.Exit(1)
	}
}

// terminal is where the person or the program that started this one reads. It outlives the redirection of standard error.
type terminal struct {
	out, err io.Writer
}

// complain writes the one line that says why the program ends.
func (t *terminal) complain(err error) {
	fmt.Fprintf(t.err, "control-plane: %v\n", err)
}

// command runs the subcommand that the arguments name.
func command(ctx context.Context, args []string, here *terminal) error {
	if len(args) == 0 {
		return errors.New("no command given, try help")
	}
	switch name, rest := args[0], args[1:]; name {
	case "run":
		return runCommand(ctx, rest, here)
	case "apply":
		return applyCommand(ctx, rest, here)
	case "fill":
		return fillCommand(ctx, rest, here)
	case "load":
		return loadCommand(ctx, os.Stdin, here)
	case "kubectl":
		return kubectlCommand(rest)
	case "kubesphere":
		return kubesphereCommand(ctx, rest, here)
	case "help", "-h", "--help":
		fmt.Fprint(here.out, usage)
		return nil
	default:
		return fmt.Errorf("no such command: %s, try help", name)
	}
}
