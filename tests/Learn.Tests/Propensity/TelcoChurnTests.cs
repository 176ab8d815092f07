using DToC.Published;

namespace DToC.Learn.Tests.Propensity;

public class TelcoChurnTests
{
    [DataFact]
    public void File_has_the_customers_it_is_known_for()
    {
        var (table, churned) = Telco.Read(DataFactAttribute.Folder);
        Assert.Equal(7_043, table.Rows);
        Assert.Equal(1_869, churned.Sum());
        var charges = table.Column(table.Names.ToList().IndexOf("TotalCharges")).ToArray();
        Assert.Equal(11, charges.Count(double.IsNaN));
        Assert.Contains("Contract=Two year", table.Names);
    }

    [DataFact]
    public void Logistic_regression_ranks_and_foretells_as_published()
    {
        var figures = TelcoChurn.LogisticFigures(DataFactAttribute.Folder);
        Assert.InRange(figures[0], 0.843, 0.87);
        Assert.InRange(figures[1], 0.38, 0.419);
    }

    [DataFact]
    public void Boosted_trees_rank_as_published_and_mean_what_they_say()
    {
        var figures = TelcoChurn.TreeFigures(DataFactAttribute.Folder);
        Assert.InRange(figures[0], 0.848, 0.87);
        Assert.InRange(figures[1], 0, 0.015);
    }
}
