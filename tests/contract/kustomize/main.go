// Renders a kustomization and prints its objects as a JSON array.
//
// An object of a kind that Kubernetes itself has is decoded strictly into its Go type: a field that
// the type has not, one given twice or a value of the wrong type is an error. Objects of other groups
// are printed unread; their schemas are elsewhere.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Groups whose kinds are in the scheme below.
var known = map[string]bool{"": true, "networking.k8s.io": true, "policy": true}

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: render FOLDER"))
	}
	objects, err := render(os.Args[1])
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(objects); err != nil {
		fail(err)
	}
}

func render(folder string) ([]json.RawMessage, error) {
	found, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, err
	}
	decoder, err := strict()
	if err != nil {
		return nil, err
	}
	var objects []json.RawMessage
	for _, one := range found.Resources() {
		object, err := check(one, decoder)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", one.GetKind(), one.GetName(), err)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

func strict() (runtime.Decoder, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{core.AddToScheme, networking.AddToScheme, policy.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	options := serializer.SerializerOptions{Strict: true}
	return serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme, scheme, options), nil
}

func check(one *resource.Resource, decoder runtime.Decoder) (json.RawMessage, error) {
	object, err := one.MarshalJSON()
	if err != nil {
		return nil, err
	}
	version, err := schema.ParseGroupVersion(one.GetApiVersion())
	if err != nil {
		return nil, err
	}
	if known[version.Group] {
		if _, _, err := decoder.Decode(object, nil, nil); err != nil {
			return nil, err
		}
	}
	return object, nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
