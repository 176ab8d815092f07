using System.Globalization;
using DToC.Grains;

namespace DToC.Load.Traffic;

/// <summary>The customers of a folder: ids, and where each lies on disk.</summary>
internal sealed class Roster
{
    private readonly Dictionary<string, int> _indexOf = new(StringComparer.Ordinal);

    public Roster(int customers, int partitions)
    {
        Partitions = partitions;
        Ids = new string[customers];
        PartitionOf = new int[customers];
        RowOf = new long[customers];
        var rows = new long[partitions];
        for (var i = 0; i < customers; i++)
        {
            Ids[i] = string.Create(CultureInfo.InvariantCulture, $"c-{i:d7}");
            PartitionOf[i] = (int)(GrainKey.Customer(Ids[i]).StableHash() % (ulong)partitions);
            RowOf[i] = ++rows[PartitionOf[i]];
            _indexOf[Ids[i]] = i;
        }
    }

    public int Partitions { get; }

    public string[] Ids { get; }

    public int[] PartitionOf { get; }

    /// <summary>Row ids of the grains in their partitions' files, from 1.</summary>
    public long[] RowOf { get; }

    public int IndexOf(string id) => _indexOf[id];

    /// <summary>
    /// The customers of one of several streams: each customer is in one, so its events stay in order.
    /// </summary>
    public string[] Lane(int lane, int lanes) => [.. Ids.Where((_, i) => i % lanes == lane)];
}
