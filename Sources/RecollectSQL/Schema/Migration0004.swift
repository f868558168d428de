// What servers of one database know of each other:
//   server           who is alive; a row a server, gone when it stops or has been silent for a while
//   request_budget   how many requests an account may still send, whichever servers it sends them to
// Both belong to the control plane.

extension Migration {
    /// The tables of servers that share a database.
    static let servers = Migration(
        number: 4,
        statements: [
            """
            CREATE TABLE server (
                server_id {bytes} NOT NULL PRIMARY KEY,
                name {text} NOT NULL,
                seen_at {integer} NOT NULL
            ) {table}
            """,
            """
            CREATE TABLE request_budget (
                account_sid {text} NOT NULL PRIMARY KEY,
                requests {real} NOT NULL,
                filled_at {integer} NOT NULL
            ) {table}
            """,
        ]
    )
}
