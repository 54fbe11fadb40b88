"""The client that openapi-python-client generates."""

import sys

from demo_client.api.default import get_users_me, get_users_me_items, post_token
from demo_client.client import AuthenticatedClient, Client
from demo_client.models import AuthProblem, RefusedLogIn, TokenRequest, TokenResponse, User

url = sys.argv[1]


def log_in(password: str) -> object:
    form = TokenRequest(grant_type="password", username="johndoe", password=password, scope="me")
    return post_token.sync(client=Client(url), body=form)


token = log_in("secret")
assert isinstance(token, TokenResponse)
refused = log_in("wrong")
assert isinstance(refused, RefusedLogIn) and refused.error == "invalid_grant"

client = AuthenticatedClient(url, token.access_token)
user = get_users_me.sync(client=client)
assert isinstance(user, User) and user.username == "johndoe"

items = get_users_me_items.sync_detailed(client=client)
problem = items.parsed
assert items.status_code == 403 and isinstance(problem, AuthProblem)
assert (problem.error, problem.scope) == ("insufficient_scope", "items me")
