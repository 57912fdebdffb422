// volume-controller gives claims their volumes in a cluster that has no storage. It plays the two sidecars of a CSI
// driver, the external provisioner and the external resizer; binding is left to Kubernetes' own persistent-volume
// controller. For simulated nodes no byte is stored anywhere; with -folder volumes are file systems on this machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// version is set by the build: -ldflags "-X main.version=…".
var version = "0.0.0-dev"

// retryAfter is how long to wait for an API server that does not answer yet.
const retryAfter = time.Second

func main() {
	kubeconfig := flag.String("kubeconfig", os.Getenv("KUBECONFIG"), "path of the kubeconfig")
	name := flag.String("provisioner", "simulated.openclaw.ai", "the StorageClass.provisioner to serve")
	folder := flag.String("folder", "", "where volumes are kept; nowhere if empty")
	nodes := flag.String("nodes", "", "label, key=value, of the nodes that volumes can be reached from; all if empty")
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *showVersion {
		fmt.Println(version)
		return
	}
	log.SetPrefix("volume-controller: ")

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *kubeconfig, *name, *folder, *nodes); err != nil && !errors.Is(err, context.Canceled) {
		log.Fatal(err)
	}
}

func run(ctx context.Context, kubeconfig, name, folder, nodes string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 100, 200
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	volumes, err := backingIn(folder, name)
	if err != nil {
		return err
	}
	if err := waitForServer(ctx, client); err != nil {
		return err
	}
	log.Printf("serving storage classes of %s at %s", name, config.Host)
	key, value, _ := strings.Cut(nodes, "=")
	return newController(client, name, volumes, topology{key, value}).run(ctx)
}

func backingIn(folder, name string) (backing, error) {
	if folder == "" {
		return nowhere{driver: name}, nil
	}
	volumes := images{folder: folder}
	return volumes, volumes.mountAll()
}

func waitForServer(ctx context.Context, client kubernetes.Interface) error {
	for {
		_, err := client.Discovery().ServerVersion()
		if err == nil {
			return nil
		}
		log.Printf("the API server does not answer yet: %v", err)
		select {
		case <-time.After(retryAfter):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
