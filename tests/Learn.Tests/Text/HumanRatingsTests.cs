using DToC.Published;

namespace DToC.Learn.Tests.Text;

public class HumanRatingsTests
{
    [DataFact]
    public void Vader_equals_published_values() =>
        Assert.Equal(0, HumanRatings.GoldenDifference(DataFactAttribute.Folder)[0], 1e-9);

    [DataFact]
    public void Vader_agrees_with_people_as_published()
    {
        var correlations = HumanRatings.Correlations(DataFactAttribute.Folder);
        Assert.Equal(0.872, correlations[0], 0.0005);
        Assert.Equal(0.427, correlations[1], 0.001);
    }
}
