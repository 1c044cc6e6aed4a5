CREATE INDEX `checkout_product_price_idx` ON `egghead_Product` (`stripeProductId`);--> statement-breakpoint
CREATE INDEX `checkout_session_created_idx` ON `checkout_Session` (`createdAt`);--> statement-breakpoint
CREATE INDEX `checkout_purchase_created_idx` ON `egghead_Purchase` (`createdAt`);