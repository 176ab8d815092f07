using DToC.Published;

namespace DToC.Learn.Tests.Affinity;

public class NextBasketTests
{
    [DataFact]
    public void Next_basket_is_foretold_better_than_by_popularity_or_the_past_alone()
    {
        var recalls = NextBasket.Figures(DataFactAttribute.Folder);
        Assert.True(recalls[0] > recalls[1] && recalls[0] > recalls[2], string.Join(", ", recalls));
    }
}
