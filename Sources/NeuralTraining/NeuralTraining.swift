/// Gradients, training plans and optimisers.
enum NeuralTraining {}
