using System.Globalization;

namespace DToC.Cli.Tests;

/// <summary>The table that <c>dtoc twins</c> writes, read back.</summary>
internal sealed class TwinTable
{
    private readonly string[] _columns;

    private TwinTable(string[] columns, IReadOnlyDictionary<string, string[]> rows) =>
        (_columns, Rows) = (columns, rows);

    /// <summary>Fields by customer.</summary>
    public IReadOnlyDictionary<string, string[]> Rows { get; }

    public static async Task<TwinTable> Of(string folder, string at, string? features = null)
    {
        string[] args = ["twins", "--data", folder, "--at", at];
        var ran = await Shell.Run(features == null ? args : [.. args, "--features", features]);
        Assert.True(ran.Code == ExitCode.Ok, $"{ran.Code}: {ran.Error}");
        Assert.Equal("customer", ran.Output.Split(',')[0]);
        var lines = ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains($"{lines.Length - 1:N0} twins", ran.Error, StringComparison.Ordinal);
        return new(lines[0].Split(','), lines.Skip(1).Select(line => line.Split(',')).ToDictionary(row => row[0]));
    }

    /// <summary>The number of a customer in a column; NaN where there is none.</summary>
    public double Number(string customer, string column)
    {
        var field = Rows[customer][Array.IndexOf(_columns, column)];
        return field.Length == 0 ? double.NaN : double.Parse(field, CultureInfo.InvariantCulture);
    }

    /// <summary>The sum of a column over all customers.</summary>
    public double Sum(string column) => Rows.Keys.Sum(customer => Number(customer, column));
}
