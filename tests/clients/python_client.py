"""The client that openapi-python-client generates."""

import sys

from demo_client.api.default import get_users_me, get_users_me_items, post_token
from demo_client.client import AuthenticatedClient, Client
from demo_client.models import AuthProblem, TokenRequest, TokenResponse, User

url = sys.argv[1]
login = TokenRequest(grant_type="password", username="johndoe", password="secret", scope="me")
token = post_token.sync(client=Client(url), body=login)
assert isinstance(token, TokenResponse)

client = AuthenticatedClient(url, token.access_token)
user = get_users_me.sync(client=client)
assert isinstance(user, User) and user.username == "johndoe"

items = get_users_me_items.sync_detailed(client=client)
problem = items.parsed
assert items.status_code == 403 and isinstance(problem, AuthProblem)
assert (problem.error, problem.scope) == ("insufficient_scope", "items me")
