using DToC.Load.Client;
using DToC.Load.Traffic;
using Npgsql;
using NpgsqlTypes;

namespace DToC.Load.Peers;

/// <summary>
/// One connection to PostgreSQL, with prepared statements. A batch is one round trip and one transaction; a customer
/// who is in it twice takes a second statement, as one statement changes a row once.
/// </summary>
internal sealed class PostgresExchange : IExchange
{
    private const string Columns = "customer, id, at, type, category, spend, discount, body";
    private const string Single = $"WITH e({Columns}) AS (SELECT $1, $2, $3, $4, $5, $6, $7, $8)";
    private const string Many = $"WITH e({Columns}) AS (SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8))";

    /// <summary>A new row is the fold of one event; what it says of that event is what an old row takes over.</summary>
    private const string Fold = """
        , j AS (INSERT INTO journal(customer, body) SELECT customer, body FROM e)
        INSERT INTO twin AS t(customer, state)
        SELECT customer, jsonb_build_object('n', 1, 'last', at, 'type', type, 'category', category,
            type, 1, category, 1, 'spend', spend, 'discount', discount, 'ring', jsonb_build_array(id)) FROM e
        ON CONFLICT (customer) DO UPDATE SET state = t.state || jsonb_build_object(
            'n', (t.state->'n')::bigint + 1,
            'last', greatest((t.state->'last')::bigint, (excluded.state->'last')::bigint),
            'type', excluded.state->'type', 'category', excluded.state->'category',
            excluded.state->>'type', coalesce((t.state->(excluded.state->>'type'))::bigint, 0) + 1,
            excluded.state->>'category', coalesce((t.state->(excluded.state->>'category'))::bigint, 0) + 1,
            'spend', (t.state->'spend')::bigint + (excluded.state->'spend')::bigint,
            'discount', (t.state->'discount')::bigint + (excluded.state->'discount')::bigint,
            'ring', CASE WHEN jsonb_array_length(t.state->'ring') >= 32 THEN (t.state->'ring') - 0
                ELSE t.state->'ring' END || (excluded.state->'ring'))
        WHERE NOT (t.state->'ring') ? (excluded.state->'ring'->>0)
        """;

    private readonly NpgsqlConnection _connection;
    private readonly PreparedEvents _events;
    private readonly int _batch;
    private readonly NpgsqlCommand _single;
    private int _sent;

    public PostgresExchange(NpgsqlConnection connection, PreparedEvents events, int batch)
    {
        _connection = connection;
        _events = events;
        _batch = batch;
        _single = new NpgsqlCommand($"{Single}{Fold}", connection);
        foreach (var parameter in Parameters(isMany: false)) _single.Parameters.Add(parameter);
        if (batch == 1) _single.Prepare();
    }

    /// <summary>The library waits as it sends, so the next events go out when they are awaited.</summary>
    public bool Send() => _sent + _batch <= _events.Count;

    public int Receive()
    {
        if (_batch == 1) SendOne();
        else SendMany();
        _sent += _batch;
        return _batch;
    }

    public void Dispose()
    {
        _single.Dispose();
        _connection.Dispose();
    }

    private void SendOne()
    {
        var body = _events.Json(_sent).ToArray();
        var e = PeerEvent.Read(body);
        object[] values = [e.Customer, e.Id, e.AtMs, e.Type, e.Category, e.SpendMinor, e.DiscountMinor, body];
        for (var i = 0; i < values.Length; i++) _single.Parameters[i].Value = values[i];
        if (_single.ExecuteNonQuery() != 1) throw new InvalidOperationException("An event changed no twin.");
    }

    private void SendMany()
    {
        using var batch = new NpgsqlBatch(_connection);
        foreach (var round in Rounds()) batch.BatchCommands.Add(CommandOf(round));
        batch.Prepare(); // known to the connection from its first batch on
        if (batch.ExecuteNonQuery() != _batch) throw new InvalidOperationException("An event changed no twin.");
    }

    /// <summary>The batch's events in the order of customers, each customer once a round.</summary>
    private IEnumerable<List<(PeerEvent Event, byte[] Body)>> Rounds()
    {
        List<List<(PeerEvent, byte[])>> rounds = [];
        Dictionary<string, int> seen = new(_batch, StringComparer.Ordinal);
        for (var i = _sent; i < _sent + _batch; i++)
        {
            var body = _events.Json(i).ToArray();
            var e = PeerEvent.Read(body);
            var round = seen.GetValueOrDefault(e.Customer);
            seen[e.Customer] = round + 1;
            if (round == rounds.Count) rounds.Add([]);
            rounds[round].Add((e, body));
        }
        return rounds;
    }

    private static NpgsqlBatchCommand CommandOf(List<(PeerEvent Event, byte[] Body)> round)
    {
        // In one order everywhere, so that no two batches wait for each other.
        round.Sort(static (one, other) => string.CompareOrdinal(one.Event.Customer, other.Event.Customer));
        var command = new NpgsqlBatchCommand($"{Many}{Fold}");
        object[] values =
        [
            round.ConvertAll(one => one.Event.Customer), round.ConvertAll(one => one.Event.Id),
            round.ConvertAll(one => one.Event.AtMs), round.ConvertAll(one => one.Event.Type),
            round.ConvertAll(one => one.Event.Category), round.ConvertAll(one => one.Event.SpendMinor),
            round.ConvertAll(one => one.Event.DiscountMinor), round.ConvertAll(one => one.Body),
        ];
        foreach (var (i, parameter) in Parameters(isMany: true).Index())
        {
            parameter.Value = values[i];
            command.Parameters.Add(parameter);
        }
        return command;
    }

    private static IEnumerable<NpgsqlParameter> Parameters(bool isMany)
    {
        NpgsqlDbType[] types =
        [
            NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Text,
            NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bytea,
        ];
        return types.Select(type => new NpgsqlParameter
        {
            NpgsqlDbType = isMany ? type | NpgsqlDbType.Array : type,
        });
    }
}
