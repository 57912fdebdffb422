package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

func store() (client *minio.Client, bucket string, err error) {
	endpoint, err := url.Parse(os.Getenv("AWS_ENDPOINT_URL_S3"))
	if err != nil {
		return nil, "", err
	}
	configuration, err := trust(endpoint.Hostname())
	if err != nil {
		return nil, "", err
	}
	client, err = minio.New(endpoint.Host, &minio.Options{
		Creds:        credentials.NewEnvAWS(),
		Secure:       endpoint.Scheme == "https",
		Region:       os.Getenv("AWS_REGION"),
		BucketLookup: minio.BucketLookupPath,
		Transport:    &http.Transport{TLSClientConfig: configuration},
		MaxRetries:   1,
	})
	return client, os.Getenv("S3_BUCKET"), err
}

// putObject takes a key below the tenant's prefix, and a text.
func putObject(ctx context.Context, args []string) (string, error) {
	if len(args) != 2 {
		return "", errors.New("put KEY TEXT")
	}
	client, bucket, err := store()
	if err != nil {
		return "", err
	}
	key := os.Getenv("S3_PREFIX") + args[0]
	_, err = client.PutObject(ctx, bucket, key, strings.NewReader(args[1]), int64(len(args[1])), minio.PutObjectOptions{})
	return key, err
}

func getObject(ctx context.Context, args []string) (string, error) {
	if len(args) != 1 {
		return "", errors.New("get KEY")
	}
	client, bucket, err := store()
	if err != nil {
		return "", err
	}
	object, err := client.GetObject(ctx, bucket, os.Getenv("S3_PREFIX")+args[0], minio.GetObjectOptions{})
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(object)
	return string(text), err
}

// listObjects prints every key of the bucket, whatever the prefix.
func listObjects(ctx context.Context, _ []string) (string, error) {
	client, bucket, err := store()
	if err != nil {
		return "", err
	}
	var keys []string
	for object := range client.ListObjects(ctx, bucket, minio.ListObjectsOptions{Recursive: true}) {
		if object.Err != nil {
			return "", object.Err
		}
		keys = append(keys, object.Key)
	}
	return strings.Join(keys, "\n"), nil
}

func deleteObject(ctx context.Context, args []string) (string, error) {
	if len(args) != 1 {
		return "", errors.New("delete KEY")
	}
	client, bucket, err := store()
	if err != nil {
		return "", err
	}
	return "", client.RemoveObject(ctx, bucket, os.Getenv("S3_PREFIX")+args[0], minio.RemoveObjectOptions{})
}
