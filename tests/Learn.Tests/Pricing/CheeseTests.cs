using DToC.Published;

namespace DToC.Learn.Tests.Pricing;

public class CheeseTests
{
    [DataFact]
    public void Held_out_volume_is_foretold_as_well_as_published()
    {
        var figures = Cheese.Figures(DataFactAttribute.Folder);
        Assert.InRange(figures[0], 0.1, 0.355);
        Assert.InRange(figures[1], 0.1, 0.345);
        Assert.InRange(figures[2], 0.1, 0.316);
        Assert.Equal(-2.195, figures[3], 0.02);
    }

    [DataFact]
    public void All_retailers_are_read() =>
        Assert.Equal(88, Cheese.Read(DataFactAttribute.Folder.File("elasticity/cheese.csv")).Retailers);
}
