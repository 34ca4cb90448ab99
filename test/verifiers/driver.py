"""Answers questions to verifiers/verify.py, a line of JSON each, so that tests start Python once."""
import base64
import functools
import importlib.util
import json
import sys
import traceback

sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location('verify', sys.argv[1])
verifier = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verifier)


def data(text):
    return base64.b64decode(text)


class Memory(verifier.Source):
    """Files that a question brings along."""

    def __init__(self, contents):
        super().__init__()
        self.contents = contents
        self.files = {path: len(content) for path, content in contents.items()}

    def _pieces(self, path):
        if self.contents[path]:
            yield bytes(self.contents[path])


class Bounds:
    def __init__(self, about):
        self.start, self.end, self.size = about['from'], about['to'], about['size']
        self.is_whole = self.start == 0 and self.end == self.size


def derived(asked):
    """Which of the derived files is not what the rows give."""
    about = asked['input']
    files = Memory({path: text.encode('utf-8') for path, text in asked['files'].items()})
    writing = verifier.Derived(files, Bounds(about), about['origin'], bytes.fromhex(about['root']))
    for row in asked['rows']:
        line = row['line'].encode('utf-8')
        values = {
            ptr: verifier.Erased(value) if isinstance(value, int) else data(value)
            for ptr, value in row['values'].items()
        }
        writing.add(row['seq'], bytes.fromhex(row['leaf']), line, json.loads(line), values)
    return {'differs': writing.fault()}


def remembering():
    """A signature is checked once: what was said of the same key, bytes and signature is said again."""
    verifier.PublicKey.verifies = functools.lru_cache(4096)(verifier.PublicKey.verifies)
    verifier.PublicKey = functools.lru_cache(4096)(verifier.PublicKey)


def flipped(asked):
    """The reports for each bit of a file turned: which of `said` it is, bit by bit."""
    contents = {path: bytearray(data(content)) for path, content in asked['flip'].items()}
    content, said, which = contents[asked['path']], {}, []
    for bit in range(asked['from'], asked['to']):
        content[bit >> 3] ^= 1 << (bit & 7)
        try:
            told = json.dumps(verifier.verify(Memory(contents))[0])
        except verifier.Unreadable:
            told = 'null'
        content[bit >> 3] ^= 1 << (bit & 7)
        which.append(said.setdefault(told, len(said)))
    return {'said': [json.loads(told) for told in said], 'which': which}


def answer(asked):
    if 'rows' in asked:
        return derived(asked)
    if 'remember' in asked:
        return remembering() or {}
    if 'flip' in asked:
        return flipped(asked)
    if 'signature' in asked:
        key = verifier.PublicKey(data(asked['publicKey']))
        return {'holds': key.verifies(data(asked['message']), data(asked['signature']))}
    try:
        key = verifier.Key(asked['vkey']) if 'vkey' in asked else None
        notes = [(note['where'], data(note['raw'])) for note in asked.get('notes', [])]
        report, proof = verifier.verify(verifier.open_source(asked['path']), key, notes)
        return {'report': report, 'proof': proof}
    except (verifier.Unreadable, OSError) as problem:
        return {'unreadable': str(problem)}


for line in sys.stdin:
    try:
        told = answer(json.loads(line))
    except Exception:
        told = {'internal': traceback.format_exc()}
    print(json.dumps(told), flush=True)
