using System.Security.Cryptography;
using System.Text;
using DToC.Load.Client;
using DToC.Load.Traffic;

namespace DToC.Load.Peers;

/// <summary>
/// Redis: a hash for each customer, folded by a Lua script that also appends the event to a stream. The script takes
/// any number of events.
/// </summary>
/// <param name="server">Started.</param>
/// <param name="flush">Its <c>appendfsync</c>: <c>always</c> or <c>everysec</c>.</param>
/// <param name="isPipeline">Whether a batch is a pipeline of scripts, an event each; else one script.</param>
internal sealed class RedisContender(RedisServer server, string flush, bool isPipeline) : IContender
{
    /// <summary>Parts of a script's arguments that an event takes.</summary>
    public const int PartsOfEvent = 8;

    private const string Fold = """
        local folded = 0
        for i = 0, #ARGV - 1, 8 do
          local customer, id, at, type, category, spend, discount, body = unpack(ARGV, i + 1, i + 8)
          local key = 'twin:' .. customer
          local s = redis.call('HMGET', key, 'n', 'last', 'spend', 'discount', 'ring', type, category)
          local n, ring = tonumber(s[1]) or 0, s[5] or ''
          if not string.find(ring, id, 1, true) then
            if n >= 32 then ring = string.sub(ring, (string.find(ring, ' ', 1, true) or 0) + 1) end
            local last = tonumber(s[2]) or 0
            if tonumber(at) > last then last = at end
            redis.call('HSET', key, 'n', n + 1, 'last', last, 'spend', (s[3] or 0) + spend,
              'discount', (s[4] or 0) + discount, 'ring', ring .. ' ' .. id, type, (s[6] or 0) + 1,
              category, (s[7] or 0) + 1)
            redis.call('XADD', 'journal', '*', 'c', customer, 'b', body)
            folded = folded + 1
          end
        end
        return folded
        """;

    private const string Fill = """
        local ring = {}
        for i = 10, 41 do ring[#ring + 1] = 'k0-000000' .. i end
        for _, customer in ipairs(ARGV) do
          redis.call('HSET', 'twin:' .. customer, 'n', 50, 'last', 0, 'spend', 100000, 'discount', 500,
            'Product Viewed', 31, 'Product Added', 7, 'Checkout Started', 2, 'Email Opened', 5, 'Order Completed', 3,
            'shoes', 9, 'shirts', 8, 'coats', 7, 'sport', 6, 'children', 5, 'garden', 4, 'none', 11,
            'ring', table.concat(ring, ' '))
        end
        """;

    private string _script = "";

    public string Name => (flush == "always" ? "redis" : $"redis_{flush}") + (isPipeline ? "_pipeline" : "");

    public int ThreadsFor(int connections) => 1;

    public void Prepare()
    {
        using var connection = new RedisConnection(server.SocketPath);
        connection.Call("CONFIG", "SET", "appendfsync", flush);
        connection.Call("SCRIPT", "LOAD", Fold);
        _script = Sha(Fold);
    }

    public IReadOnlyList<IExchange> Open(PreparedEvents[] events, int batch) => Array.ConvertAll(events, mine =>
        new RedisExchange(new RedisConnection(server.SocketPath), _script, mine, batch, isPipeline ? 1 : batch));

    /// <summary>Puts customers into it who have lived a while.</summary>
    public static void Insert(RedisServer server, string[] customers)
    {
        using var connection = new RedisConnection(server.SocketPath);
        foreach (var some in customers.Chunk(1_000)) connection.Call(["EVAL", Fill, "0", .. some]);
    }

    /// <summary>Events in the journal.</summary>
    public static long Journal(RedisServer server)
    {
        using var connection = new RedisConnection(server.SocketPath);
        return long.Parse(connection.Call("XLEN", "journal"));
    }

    private static string Sha(string script) =>
#pragma warning disable CA5350 // how Redis names a script
        Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(script)));
#pragma warning restore CA5350
}
