using System.Globalization;

namespace DToC.Embedded.Tests.WriteAhead;

/// <summary>Transactions drawn from a seed: some larger than the page cache, some with savepoints.</summary>
internal sealed class LogScript(int seed)
{
    public const string Schema =
        "CREATE TABLE t(id INTEGER PRIMARY KEY, value TEXT); CREATE TABLE u(id PRIMARY KEY, n);";

    private const int Ids = 3_000;
    private readonly Random _random = new(seed);

    public bool Percent(int chance) => _random.Next(100) < chance;

    public int Below(int limit) => _random.Next(limit);

    /// <summary>Statements between BEGIN and its end.</summary>
    public IEnumerable<string> Statements()
    {
        var isSaved = false;
        for (var left = 1 + _random.Next(6); left > 0; left--)
        {
            switch (_random.Next(10))
            {
                case 0 when !isSaved:
                    isSaved = true;
                    yield return "SAVEPOINT s";
                    break;
                case 1 when isSaved:
                    yield return "ROLLBACK TO s";
                    break;
                case 2 when isSaved:
                    isSaved = false;
                    yield return "RELEASE s";
                    break;
                case 3:
                    yield return Text($"DELETE FROM t WHERE id % {2 + _random.Next(9)} = 0");
                    break;
                case 4:
                    yield return Text($"INSERT OR REPLACE INTO u VALUES('u{_random.Next(50)}', {_random.Next()})");
                    break;
                default:
                    yield return Put();
                    break;
            }
        }
    }

    private string Put()
    {
        var first = _random.Next(Ids);
        var count = Percent(25) ? 1 + _random.Next(1_000) : 1 + _random.Next(20);
        var length = Percent(10) ? 5_000 : 1 + _random.Next(700);
        return Text($"""
            WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {first + count - 1})
            INSERT OR REPLACE INTO t SELECT i % {Ids}, printf('%0{length}d', i + {_random.Next(1_000_000)}) FROM n
            """);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
