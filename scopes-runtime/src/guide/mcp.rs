//! Scopes for MCP servers.
