"""What Python's own parser of mails reads in the one on stdin: names of its headers in order, some values, the text, and what it finds wrong."""
import json
import sys
from email import message_from_bytes, policy

mail = message_from_bytes(sys.stdin.buffer.read(), policy=policy.default)
defects = [str(d) for d in mail.defects] + [f"{name}: {d}" for name, value in mail.items() for d in getattr(value, "defects", [])]
json.dump({
    "headers": [name for name, _ in mail.items()],
    "subject": str(mail["Subject"]),
    "branch": str(mail["X-CKI-Branch"]),
    "to": [a.addr_spec for a in mail["To"].addresses],
    "cc": [a.addr_spec for a in mail["Cc"].addresses] if mail["Cc"] else [],
    "references": str(mail["References"] or ""),
    "type": mail.get_content_type(),
    "encoding": str(mail["Content-Transfer-Encoding"]),
    "text": mail.get_content(),
    "defects": defects,
}, sys.stdout)
