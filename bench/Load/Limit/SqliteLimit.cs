using DToC.Load.Traffic;

namespace DToC.Load.Limit;

/// <summary>What bare SQLite can write here: one writer a partition, each on its own file, all at once.</summary>
internal sealed class SqliteLimit : IDisposable
{
    private readonly BareWriter[] _writers;

    /// <param name="folder">A prepared folder that no host has open.</param>
    public SqliteLimit(string folder, Roster roster, Tape tape)
    {
        _writers = [.. Enumerable.Range(0, roster.Partitions).Select(partition => new BareWriter(
            BareFile.PathOf(folder, partition), tape.Of(partition), roster.RowOf.Max()))];
    }

    /// <summary>Microseconds of processor an event of the last run.</summary>
    public double CpuUs => _writers.Average(writer => writer.CpuUs);

    /// <summary>Events a second of all writers together; wake-ups are written too when told so.</summary>
    public double Run(TimeSpan length, bool withWakes)
    {
        var rates = new double[_writers.Length];
        var threads = Array.ConvertAll(Enumerable.Range(0, rates.Length).ToArray(), i =>
        {
            var thread = new Thread(() => rates[i] = _writers[i].Run(length, withWakes)) { Name = $"bare-sqlite-{i}" };
            thread.Start();
            return thread;
        });
        foreach (var thread in threads) thread.Join();
        return rates.Sum();
    }

    public void Dispose()
    {
        foreach (var writer in _writers) writer.Dispose();
    }
}
