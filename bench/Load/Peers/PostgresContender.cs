using DToC.Load.Client;
using DToC.Load.Traffic;
using Npgsql;

namespace DToC.Load.Peers;

/// <summary>
/// PostgreSQL: a row of JSONB for each customer, folded in SQL where it lies, and a journal row with the event's
/// bytes, in one statement and one round trip. The journal has no index, as a peer's best.
/// </summary>
internal sealed class PostgresContender : IContender
{
    private const string Tables = """
        CREATE TABLE twin(customer text PRIMARY KEY, state jsonb NOT NULL) WITH (fillfactor = 50);
        CREATE TABLE journal(seq bigint GENERATED ALWAYS AS IDENTITY, customer text NOT NULL, body bytea NOT NULL);
        """;

    private const string Fill = """
        INSERT INTO twin SELECT c, jsonb_build_object('n', 50, 'last', 0, 'spend', 100000, 'discount', 500,
            'Product Viewed', 31, 'Product Added', 7, 'Checkout Started', 2, 'Email Opened', 5, 'Order Completed', 3,
            'shoes', 9, 'shirts', 8, 'coats', 7, 'sport', 6, 'children', 5, 'garden', 4, 'none', 11,
            'ring', (SELECT jsonb_agg('k0-000000' || i) FROM generate_series(10, 41) AS i))
        FROM unnest($1) AS c
        """;

    private readonly PostgresServer _server;

    /// <param name="server">Started, with nothing in it.</param>
    /// <param name="customers">Customers who have lived a while.</param>
    public PostgresContender(PostgresServer server, string[] customers)
    {
        _server = server;
        using var tables = _server.Source.CreateCommand(Tables);
        tables.ExecuteNonQuery();
        using var fill = _server.Source.CreateCommand(Fill);
        fill.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = customers });
        fill.ExecuteNonQuery();
        using var analyze = _server.Source.CreateCommand("VACUUM ANALYZE");
        analyze.ExecuteNonQuery();
    }

    public string Name => "postgres";

    /// <summary>Its client library blocks for a round trip, so each connection has a thread.</summary>
    public int ThreadsFor(int connections) => connections;

    public void Prepare()
    {
        // It is as it was started.
    }

    public IReadOnlyList<IExchange> Open(PreparedEvents[] events, int batch) =>
        Array.ConvertAll(events, mine => new PostgresExchange(_server.Source.OpenConnection(), mine, batch));

    /// <summary>Events that the journal and the states hold.</summary>
    public (long Journal, long Folded) Counts(int customers)
    {
        using var journal = _server.Source.CreateCommand("SELECT count(*) FROM journal");
        using var states = _server.Source.CreateCommand("SELECT sum((state->'n')::bigint)::bigint FROM twin");
        return ((long)(journal.ExecuteScalar() ?? 0L), (long)(states.ExecuteScalar() ?? 0L) - 50L * customers);
    }
}
