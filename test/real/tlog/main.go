// Judges the log of a bundle with programs that know nothing of it: Go's own transparency log packages, as its module
// proxy is checked with, and the fsck of Tessera, which reads C2SP tlog-tiles.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tiles reads tiles of height 8 where C2SP puts them: without the height in the name.
type tiles struct{ dir string }

func (t tiles) Height() int                         { return 8 }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		path := tile.Path()[len("tile/8/"):]
		bytes, err := os.ReadFile(filepath.Join(t.dir, "tile", path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

// entries of a bundle: each its length in two bytes, then its bytes.
func entriesOf(bundle []byte) ([][]byte, error) {
	var parsed api.EntryBundle
	err := parsed.UnmarshalText(bundle)
	return parsed.Entries, err
}

func leavesOf(bundle []byte) ([][]byte, error) {
	entries, err := entriesOf(bundle)
	var leaves [][]byte
	for _, entry := range entries {
		leaves = append(leaves, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return leaves, err
}

// sumdb checks the signature, and the inclusion of every entry, with golang.org/x/mod/sumdb.
func sumdb(dir string, verifier note.Verifier) (int64, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return 0, err
	}
	signed, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		return 0, err
	}
	// tlog.ParseTree knows only the log of Go's checksum database, whose first line is fixed.
	var origin, root string
	var size int64
	if _, err := fmt.Sscanf(signed.Text, "%s\n%d\n%s\n", &origin, &size, &root); err != nil {
		return 0, err
	}
	tree, err := tlog.ParseHash(root)
	if err != nil {
		return 0, err
	}
	if origin != verifier.Name() {
		return 0, fmt.Errorf("the checkpoint is of %s", origin)
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: tree}, tiles{dir})
	at := int64(0)
	files := client.FileFetcher{Root: dir}
	for bundle := uint64(0); at < size; bundle++ {
		width := min(size-at, 256)
		data, err := files.ReadEntryBundle(context.Background(), bundle, uint8(width%256))
		if err != nil {
			return at, err
		}
		entries, err := entriesOf(data)
		if err != nil {
			return at, err
		}
		for _, entry := range entries {
			proof, err := tlog.ProveRecord(size, at, reader)
			if err != nil {
				return at, err
			}
			if err := tlog.CheckRecord(proof, size, tree, at, tlog.RecordHash(entry)); err != nil {
				return at, fmt.Errorf("entry %d: %w", at, err)
			}
			at++
		}
	}
	return at, nil
}

func judge(dir, vkey string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	checked, err := sumdb(dir, verifier)
	if err != nil {
		return fmt.Errorf("sumdb: %w", err)
	}
	fmt.Printf("sumdb: %d entries included\n", checked)
	check := fsck.New(verifier.Name(), verifier, client.FileFetcher{Root: dir}, leavesOf, fsck.Opts{N: 2})
	if err := check.Check(context.Background()); err != nil {
		return fmt.Errorf("tessera: %w", err)
	}
	fmt.Println("tessera: fsck passed")
	return nil
}

func main() {
	if err := judge(os.Args[1], os.Args[2]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
