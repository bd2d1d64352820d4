// Verifies a ledger with the packages of Go's checksum database, which know nothing of pgassay:
//
//	verifier LEDGER VKEY [PROOF]...
//
// Every entry must be in the tree that the checkpoint signs, every kept checkpoint must be of a tree that it begins with, and every
// tlog-proof must lead to the root of its own checkpoint.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func checkpoint(file []byte, key string) tlog.Tree {
	verifier := must(note.NewVerifier(key))
	opened := must(note.Open(file, note.VerifierList(verifier)))
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		check(fmt.Errorf("not a checkpoint: %q", opened.Text))
	}
	var root tlog.Hash
	copy(root[:], must(base64.StdEncoding.DecodeString(lines[2])))
	return tlog.Tree{N: must(strconv.ParseInt(lines[1], 10, 64)), Hash: root}
}

// The tiles of C2SP have the paths of Go's, without the height.
type tiles string

func (directory tiles) Height() int { return 8 }

func (directory tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		bytes, err := os.ReadFile(filepath.Join(string(directory), path))
		if err != nil {
			return nil, err
		}
		found = append(found, bytes)
	}
	return found, nil
}

func (directory tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func entries(directory string, size int64) [][]byte {
	var found [][]byte
	for first := int64(0); first < size; first += 256 {
		width := int(size - first)
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: 0, N: first / 256, W: width}
		path := "tile/entries/" + strings.TrimPrefix(tile.Path(), "tile/8/0/")
		bundle := must(os.ReadFile(filepath.Join(directory, path)))
		for len(bundle) > 0 {
			length := int(binary.BigEndian.Uint16(bundle))
			found = append(found, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
	}
	return found
}

func proof(file []byte, key string) {
	parts := bytes.SplitN(file, []byte("\n\n"), 2)
	lines := strings.Split(string(parts[0]), "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		check(fmt.Errorf("not a proof: %q", lines[0]))
	}
	entry := must(base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra ")))
	index := must(strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64))
	var path tlog.RecordProof
	for _, line := range lines[3:] {
		path = append(path, must(tlog.ParseHash(line)))
	}
	tree := checkpoint(parts[1], key)
	check(tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry)))
}

func main() {
	directory, key := os.Args[1], os.Args[2]
	tree := checkpoint(must(os.ReadFile(filepath.Join(directory, "checkpoint"))), key)
	hashes := tlog.TileHashReader(tree, tiles(directory))
	if root := must(tlog.TreeHash(tree.N, hashes)); root != tree.Hash {
		check(fmt.Errorf("the tiles have the root %v", root))
	}
	found := entries(directory, tree.N)
	if int64(len(found)) != tree.N {
		check(fmt.Errorf("%d entries in a tree of %d", len(found), tree.N))
	}
	for index, entry := range found {
		path := must(tlog.ProveRecord(tree.N, int64(index), hashes))
		check(tlog.CheckRecord(path, tree.N, tree.Hash, int64(index), tlog.RecordHash(entry)))
	}
	for size := int64(1); size <= tree.N; size++ {
		name := filepath.Join(directory, "checkpoints", strconv.FormatInt(size, 10))
		old := checkpoint(must(os.ReadFile(name)), key)
		path := must(tlog.ProveTree(tree.N, old.N, hashes))
		check(tlog.CheckTree(path, tree.N, tree.Hash, old.N, old.Hash))
	}
	for _, name := range os.Args[3:] {
		proof(must(os.ReadFile(name)), key)
	}
	fmt.Printf("%d entries, %d proofs\n", tree.N, len(os.Args[3:]))
}
