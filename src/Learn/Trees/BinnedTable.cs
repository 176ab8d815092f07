using DToC.Learn.Propensity;

namespace DToC.Learn.Trees;

/// <summary>A table as histograms see it: of each value the bin it lies in.</summary>
internal sealed class BinnedTable
{
    private BinnedTable(int rows, byte[][] codes, double[][] edges)
    {
        (Rows, Codes, Edges) = (rows, codes, edges);
        Offsets = new int[edges.Length + 1];
        for (var c = 0; c < edges.Length; c++) Offsets[c + 1] = Offsets[c] + edges[c].Length + 2;
    }

    public int Rows { get; }

    /// <summary>Of each column the bins of its rows.</summary>
    public byte[][] Codes { get; }

    /// <summary>
    /// Of each column the rising upper ends of its bins, the end itself within, but for the last, which has none. The
    /// bin after the last is for what is missing.
    /// </summary>
    public double[][] Edges { get; }

    /// <summary>Where a column's bins start when those of all columns stand side by side; and how many are in all.</summary>
    public int[] Offsets { get; }

    public int Columns => Edges.Length;

    public int MissingBin(int column) => Edges[column].Length + 1;

    /// <summary>Bins of equally many rows, or one a value where values are few.</summary>
    public static BinnedTable Of(TrainingTable table, int bins)
    {
        var codes = new byte[table.Names.Count][];
        var edges = new double[table.Names.Count][];
        for (var c = 0; c < codes.Length; c++)
        {
            edges[c] = EdgesOf(table.Column(c), bins - 1);
            codes[c] = CodesOf(table.Column(c), edges[c]);
        }
        return new BinnedTable(table.Rows, codes, edges);
    }

    private static byte[] CodesOf(ReadOnlySpan<double> values, double[] edges)
    {
        var codes = new byte[values.Length];
        for (var r = 0; r < codes.Length; r++)
        {
            var bin = edges.Length + 1;
            if (!double.IsNaN(values[r]))
            {
                bin = Array.BinarySearch(edges, values[r]);
                if (bin < 0) bin = ~bin;
            }
            codes[r] = (byte)bin;
        }
        return codes;
    }

    private static double[] EdgesOf(ReadOnlySpan<double> column, int bins)
    {
        var sorted = column.ToArray();
        Array.Sort(sorted);
        // NaN sorts first.
        var present = sorted.AsSpan(sorted.AsSpan().LastIndexOf(double.NaN) + 1);
        var edges = new List<double>();
        var distinct = 0;
        for (var i = 0; i < present.Length; i++) distinct += i == 0 || present[i] != present[i - 1] ? 1 : 0;
        var (taken, rowsLeft, binsLeft) = (0, present.Length, bins);
        for (var i = 0; i + 1 < present.Length && edges.Count < bins - 1; i++)
        {
            taken++;
            if (present[i + 1] == present[i]) continue;
            // A bin is full at its part of the rows that are left, so that a frequent value takes none of the others.
            if (distinct > bins && (long)taken * binsLeft < rowsLeft) continue;
            edges.Add(Between(present[i], present[i + 1]));
            (rowsLeft, binsLeft, taken) = (rowsLeft - taken, binsLeft - 1, 0);
        }
        return [.. edges];
    }

    // Half way, but never the greater of the two: the edge belongs to the lower bin.
    private static double Between(double low, double high)
    {
        var middle = low / 2 + high / 2;
        return middle >= low && middle < high ? middle : low;
    }
}
