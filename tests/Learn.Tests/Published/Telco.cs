using DToC.Learn.Propensity;

namespace DToC.Published;

/// <summary>
/// IBM's sample of 7,043 telephone customers, 26.5% of whom left within the month. Eleven who joined that month have
/// no total of charges.
/// </summary>
internal static class Telco
{
    private const string Name = "telco_churn/Telco-Customer-Churn.csv";

    private static readonly string[] Numbers = ["SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"];

    /// <summary>The columns of the file as inputs: categories one-hot, a blank total of charges missing.</summary>
    public static (TrainingTable Table, double[] Churned) Read(DataFolder folder)
    {
        var lines = File.ReadAllLines(folder.File(Name));
        var header = lines[0].Split(',');
        // Nothing in the file is quoted; a line that does not fit says so.
        var rows = lines.Skip(1).Where(line => line.Length > 0).Select(line => line.Split(',')).ToList();
        if (rows.Find(row => row.Length != header.Length) is { } wrong)
            throw new InvalidDataException($"{Name}: a row has {wrong.Length} values, the header {header.Length}.");
        var table = new TrainingTable(rows.Count);
        for (var c = 1; c < header.Length - 1; c++)
        {
            if (Numbers.Contains(header[c]))
                table.AddNumbers(header[c], [.. rows.Select(row => NumberOf(row[c]))]);
            else
                table.AddCategory(header[c], [.. rows.Select(row => row[c])]);
        }
        return (table, [.. rows.Select(row => row[^1] == "Yes" ? 1.0 : 0)]);
    }

    private static double NumberOf(string text) => string.IsNullOrWhiteSpace(text)
        ? double.NaN
        : double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
