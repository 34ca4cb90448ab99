"""Answers questions to verifiers/verify.py, a line of JSON each, so that tests start Python once."""
import base64
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


def answer(asked):
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
