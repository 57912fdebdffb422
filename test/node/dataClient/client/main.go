// client talks to the data services as a program in a tenant's pod would: with nothing but the pod's environment. Every
// command exits with 0 only if the server did what was asked, and prints what it answered.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

const patience = 30 * time.Second

var commands = map[string]func(ctx context.Context, args []string) (string, error){
	"sql":    query,
	"cache":  cacheCommand,
	"put":    putObject,
	"get":    getObject,
	"list":   listObjects,
	"delete": deleteObject,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "client: no such command")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	answer, err := commands[os.Args[1]](ctx, os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(answer)
}

// query runs statements, each an argument, and prints the rows of the last: columns by tabs.
func query(ctx context.Context, statements []string) (string, error) {
	connection, err := pgx.Connect(ctx, "")
	if err != nil {
		return "", err
	}
	defer connection.Close(ctx)
	var lines []string
	for _, statement := range statements {
		lines = nil
		rows, err := connection.Query(ctx, statement, pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			return "", err
		}
		for rows.Next() {
			var cells []string
			for _, raw := range rows.RawValues() {
				cells = append(cells, string(raw))
			}
			lines = append(lines, strings.Join(cells, "\t"))
		}
		if err := rows.Err(); err != nil {
			return "", err
		}
	}
	return strings.Join(lines, "\n"), nil
}

func cacheCommand(ctx context.Context, words []string) (string, error) {
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		return "", err
	}
	if options.TLSConfig != nil {
		if options.TLSConfig, err = trust(options.TLSConfig.ServerName); err != nil {
			return "", err
		}
	}
	client := redis.NewClient(options)
	defer client.Close()
	command := make([]any, len(words))
	for index, word := range words {
		command[index] = word
	}
	answer, err := client.Do(ctx, command...).Result()
	return fmt.Sprint(answer), err
}

// trust is the authority that the pod was given, and no other.
func trust(name string) (*tls.Config, error) {
	pem, err := os.ReadFile(os.Getenv("NODE_EXTRA_CA_CERTS"))
	if err != nil {
		return nil, err
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(pem)
	return &tls.Config{ServerName: name, RootCAs: authorities, MinVersion: tls.VersionTLS12}, nil
}
