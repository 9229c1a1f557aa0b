"""What every domain may use and which knows no domain.

1. A write happens in one transaction (`db.transaction`); a retry with the same key changes nothing (`command.command`).
2. A refusal is a code (`errors.Refused`); its text stands once per language in a domain's `texts.py`.
3. Nobody may do anything that a grant does not allow (`authority.Actor`).
4. What was done, and who saw something sensitive, is written down and never changed (`audit`).
"""
