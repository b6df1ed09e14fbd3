"""Mails as mail servers and mailbox providers write them when one of ours came back."""

from textwrap import dedent


def report(message_id: str, *, action: str = "failed", status: str = "5.1.1", whole: bool = True) -> bytes:
    """A delivery report as Postfix writes it (RFC 3464)."""
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    return (
        dedent("""\
        From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: ciao@officina.example
        Auto-Submitted: auto-replied
        Message-ID: <20261120100500.4F1@mx.example.com>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="B"

        --B
        Content-Type: text/plain; charset=us-ascii

        This is the mail system at host mx.example.com.

        --B
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.com
        X-Postfix-Queue-ID: 4F1
        Arrival-Date: Fri, 20 Nov 2026 10:00:00 +0000

        Final-Recipient: rfc822; ada@example.com
        Original-Recipient: rfc822;ada@example.com
        Action: ACTION
        Status: STATUS
        Remote-MTA: dns; mx.example.net
        Diagnostic-Code: smtp; 550 5.1.1 <ada@example.com>: user unknown

        --B
        Content-Type: KIND

        From: Officina Blu <ciao@officina.example>
        To: ada@example.com
        Message-ID: ID
        Subject: Ciao

        Buongiorno.

        --B--
        """)
        .replace("ACTION", action)
        .replace("STATUS", status)
        .replace("KIND", kind)
        .replace("Message-ID: ID", f"Message-ID: {message_id}")
        .encode()
    )


def complaint(message_id: str) -> bytes:
    """A complaint as mailbox providers send it (RFC 5965)."""
    head = 'Content-Type: multipart/report; report-type=feedback-report; boundary="B"'
    facts = "Feedback-Type: abuse\nUser-Agent: Provider/1\nVersion: 1\n"
    ours = f"From: ciao@officina.example\nMessage-ID: {message_id}\n"
    return (
        f"From: fbl@provider.example\nMIME-Version: 1.0\n{head}\n\n"
        "--B\nContent-Type: text/plain\n\nSpam.\n\n"
        f"--B\nContent-Type: message/feedback-report\n\n{facts}\n"
        f"--B\nContent-Type: text/rfc822-headers\n\n{ours}\n--B--\n"
    ).encode()
