package main

import (
	"os"

	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
)

// kubectlCommand is kubectl itself, of the control plane's version and without its plugins: tests run the commands that
// Musterbook shows without having to find one on the machine. On most errors kubectl ends the process by itself.
func kubectlCommand(args []string) error {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	kubectl := cmd.NewKubectlCommand(cmd.KubectlOptions{IOStreams: streams})
	kubectl.SetArgs(args)
	return cli.RunNoErrOutput(kubectl)
}
