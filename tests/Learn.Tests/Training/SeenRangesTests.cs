using DToC.Learn.CustomerBase;
using DToC.Learn.Training;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Learn.Tests.Training;

public class SeenRangesTests
{
    [Fact]
    public void Ends_of_a_range_are_reached_by_several_customers_and_no_ones_own_value()
    {
        var examples = new Examples(["spent", "rare", "same"]);
        for (var customer = 0; customer < 20; customer++)
        {
            // One customer spends far more than all others, and is there thrice.
            var spent = customer == 7 ? 98_765.43 : 123.4 + customer;
            for (var row = 0; row < (customer == 7 ? 3 : 1); row++)
                examples.Add(customer, [spent, customer < 4 ? 1 : double.NaN, -2.5], 0, 0, 0);
        }
        var ranges = SeenRanges.Of([examples]);
        Assert.Equal(["spent", "rare", "same"], ranges.Select(range => range.Name));
        // The fifth from below is 127.4, the fifth from above 139.4.
        Assert.Equal((120, 140), (ranges[0].Min, ranges[0].Max));
        Assert.Equal((double.NaN, double.NaN), (ranges[1].Min, ranges[1].Max));
        Assert.Equal((-2.5, -2.5), (ranges[2].Min, ranges[2].Max));
    }

    [Fact]
    public void Of_a_customer_as_of_several_moments_the_greatest_value_counts_once()
    {
        var parts = Enumerable.Range(1, 3).Select(_ => new Examples(["orders"])).ToList();
        for (var moment = 0; moment < parts.Count; moment++)
        {
            for (var customer = 0; customer < 6; customer++)
                parts[moment].Add(customer, [10 * moment + customer], 0, 0, 0);
        }
        var range = Assert.Single(SeenRanges.Of(parts));
        Assert.Equal((4, 21), (range.Min, range.Max));
    }

    [Fact]
    public void Of_histories_that_a_customer_base_is_fitted_on_no_end_is_one_customers()
    {
        var few = Enumerable.Range(0, 60).Select(i => new PurchaseHistory(i % 7, i % 7 == 0 ? 0 : 20 + i % 9, 40));
        var histories = PurchaseHistories.Of([.. few, new PurchaseHistory(300, 51, 52)]);
        var question = new PurchaseQuestion { Output = PurchaseOutput.ExpectedPurchases, Horizon = 13 };
        var file = PurchaseTraining.Of<ParetoNbd>(histories, question, ["x", "tx", "T"]).Expect().Model;
        Assert.Equal([new("x", 0, 6), new("tx", 0, 28), new("T", 40, 40)], file.Ranges);
    }
}
