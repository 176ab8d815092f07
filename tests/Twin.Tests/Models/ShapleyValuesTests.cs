using DToC.Twin.Models;

namespace DToC.Twin.Tests.Models;

public class ShapleyValuesTests
{
    [Fact]
    public void Parts_of_a_sum_are_its_terms() =>
        Assert.Equal([2.0, -6, 0], ShapleyValues.Of([1, 3, 5], [0, 1, 5], v => 2 * v[0] - 3 * v[1] + v[2]));

    [Fact]
    public void Product_is_shared_alike()
    {
        // 0 without both, 6 with both: each input brings it in half of the orders.
        Assert.Equal([3.0, 3], ShapleyValues.Of([2, 3], [0, 0], v => v[0] * v[1]));
    }

    [Fact]
    public void Parts_add_up_to_the_difference()
    {
        double Score(double[] v) => Math.Exp(v[0] * v[1]) / (1 + v[2] * v[3]) + Math.Sin(v[4]);
        double[] inputs = [0.5, 2, 3, 0.1, 9];
        double[] reference = [1, 1, 0, 4, 2];
        Assert.Equal(Score(inputs) - Score(reference), ShapleyValues.Of(inputs, reference, Score).Sum(), 1e-12);
    }

    [Fact]
    public void Too_many_inputs_are_refused() =>
        Assert.Throws<ArgumentException>(() => ShapleyValues.Of(new double[13], new double[13], _ => 0));
}
