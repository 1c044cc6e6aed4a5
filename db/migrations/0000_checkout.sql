CREATE TABLE `egghead_ContentResource` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`createdByOrganizationMembershipId` varchar(191),
	`type` varchar(255) NOT NULL,
	`createdById` varchar(255) NOT NULL,
	`fields` json DEFAULT ('{}'),
	`slug` varchar(255) GENERATED ALWAYS AS ((json_unquote(json_extract(`fields`,'$.slug')))) STORED,
	`currentVersionId` varchar(255),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_ContentResource_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `egghead_ContentResourceProduct` (
	`productId` varchar(255) NOT NULL,
	`resourceId` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`position` double NOT NULL DEFAULT 0,
	`metadata` json DEFAULT ('{}'),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_ContentResourceProduct_productId_resourceId_pk` PRIMARY KEY(`productId`,`resourceId`)
);
--> statement-breakpoint
CREATE TABLE `egghead_Coupon` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`code` varchar(191),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`expires` timestamp(3),
	`fields` json DEFAULT ('{}'),
	`maxUses` int NOT NULL DEFAULT -1,
	`default` boolean NOT NULL DEFAULT false,
	`merchantCouponId` varchar(191),
	`status` int NOT NULL DEFAULT 0,
	`usedCount` int NOT NULL DEFAULT 0,
	`percentageDiscount` decimal(3,2),
	`amountDiscount` int,
	`restrictedToProductId` varchar(191),
	CONSTRAINT `egghead_Coupon_id` PRIMARY KEY(`id`),
	CONSTRAINT `Coupon_code_key` UNIQUE(`code`)
);
--> statement-breakpoint
CREATE TABLE `egghead_Price` (
	`id` varchar(191) NOT NULL,
	`productId` varchar(191),
	`organizationId` varchar(191),
	`nickname` varchar(191),
	`status` int NOT NULL DEFAULT 0,
	`unitAmount` decimal(10,2) NOT NULL,
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`fields` json DEFAULT ('{}'),
	CONSTRAINT `egghead_Price_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `egghead_Product` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`name` varchar(191) NOT NULL,
	`key` varchar(191),
	`type` varchar(191),
	`fields` json DEFAULT ('{}'),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`status` int NOT NULL DEFAULT 0,
	`quantityAvailable` int NOT NULL DEFAULT -1,
	`stripeProductId` varchar(255),
	CONSTRAINT `egghead_Product_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `checkout_Product` (
	`productId` varchar(191) NOT NULL,
	`config` json NOT NULL,
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `checkout_Product_productId` PRIMARY KEY(`productId`)
);
--> statement-breakpoint
CREATE TABLE `checkout_Session` (
	`id` varchar(191) NOT NULL,
	`attemptKey` char(64) NOT NULL,
	`generation` int NOT NULL DEFAULT 0,
	`sessionId` varchar(255),
	`status` varchar(32) NOT NULL,
	`productId` varchar(191) NOT NULL,
	`quantity` int NOT NULL DEFAULT 1,
	`source` varchar(32) NOT NULL,
	`visitorId` varchar(255),
	`addressHash` char(64),
	`viewerId` varchar(255),
	`email` varchar(255),
	`tier` varchar(32),
	`couponCode` varchar(255),
	`stripeCouponId` varchar(255),
	`country` char(2),
	`variant` varchar(64),
	`currency` char(3),
	`amountTotal` bigint,
	`amountRefunded` bigint NOT NULL DEFAULT 0,
	`params` json,
	`url` mediumtext,
	`clientSecret` mediumtext,
	`expiresAt` bigint,
	`paymentIntentId` varchar(255),
	`chargeId` varchar(255),
	`customerId` varchar(255),
	`purchaseId` varchar(191),
	`receiptUrl` mediumtext,
	`flags` json,
	`askedAt` timestamp(3),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`completedAt` timestamp(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `checkout_Session_id` PRIMARY KEY(`id`),
	CONSTRAINT `checkout_session_attempt_key` UNIQUE(`attemptKey`,`generation`),
	CONSTRAINT `checkout_session_session_key` UNIQUE(`sessionId`)
);
--> statement-breakpoint
CREATE TABLE `checkout_Outbox` (
	`id` varchar(255) NOT NULL,
	`kind` varchar(64) NOT NULL,
	`payload` json NOT NULL,
	`status` varchar(16) NOT NULL DEFAULT 'pending',
	`attempts` int NOT NULL DEFAULT 0,
	`nextAttemptAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`lastError` mediumtext,
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`sentAt` timestamp(3),
	CONSTRAINT `checkout_Outbox_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `checkout_RateLimit` (
	`key` varchar(255) NOT NULL,
	`points` int NOT NULL DEFAULT 0,
	`expire` bigint unsigned,
	CONSTRAINT `checkout_RateLimit_key` PRIMARY KEY(`key`)
);
--> statement-breakpoint
CREATE TABLE `checkout_Setting` (
	`key` varchar(191) NOT NULL,
	`value` json NOT NULL,
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `checkout_Setting_key` PRIMARY KEY(`key`)
);
--> statement-breakpoint
CREATE TABLE `checkout_StripeEvent` (
	`id` varchar(255) NOT NULL,
	`type` varchar(255) NOT NULL,
	`created` bigint NOT NULL,
	`objectId` varchar(255),
	`payload` json NOT NULL,
	`status` varchar(16) NOT NULL DEFAULT 'pending',
	`reason` mediumtext,
	`attempts` int NOT NULL DEFAULT 0,
	`nextAttemptAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`receivedAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`finishedAt` timestamp(3),
	`trimmed` boolean NOT NULL DEFAULT false,
	CONSTRAINT `checkout_StripeEvent_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `egghead_MerchantAccount` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`status` int NOT NULL DEFAULT 0,
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`label` varchar(191),
	`identifier` varchar(191),
	CONSTRAINT `egghead_MerchantAccount_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `egghead_MerchantCharge` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`status` int NOT NULL DEFAULT 0,
	`identifier` varchar(191) NOT NULL,
	`userId` varchar(191) NOT NULL,
	`merchantAccountId` varchar(191) NOT NULL,
	`merchantProductId` varchar(191) NOT NULL,
	`merchantSubscriptionId` varchar(191),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`merchantCustomerId` varchar(191) NOT NULL,
	CONSTRAINT `egghead_MerchantCharge_id` PRIMARY KEY(`id`),
	CONSTRAINT `MerchantCharge_identifier_key` UNIQUE(`identifier`)
);
--> statement-breakpoint
CREATE TABLE `egghead_MerchantCoupon` (
	`id` varchar(191) NOT NULL,
	`identifier` varchar(191),
	`organizationId` varchar(191),
	`status` int NOT NULL DEFAULT 0,
	`merchantAccountId` varchar(191) NOT NULL,
	`percentageDiscount` decimal(3,2),
	`amountDiscount` int,
	`type` varchar(191),
	CONSTRAINT `egghead_MerchantCoupon_id` PRIMARY KEY(`id`),
	CONSTRAINT `MerchantCoupon_identifier_key` UNIQUE(`identifier`)
);
--> statement-breakpoint
CREATE TABLE `egghead_MerchantCustomer` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`userId` varchar(191) NOT NULL,
	`merchantAccountId` varchar(191) NOT NULL,
	`identifier` varchar(191) NOT NULL,
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`status` int DEFAULT 0,
	CONSTRAINT `egghead_MerchantCustomer_id` PRIMARY KEY(`id`),
	CONSTRAINT `MerchantCustomer_identifier_key` UNIQUE(`identifier`)
);
--> statement-breakpoint
CREATE TABLE `egghead_MerchantPrice` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`merchantAccountId` varchar(191) NOT NULL,
	`merchantProductId` varchar(191) NOT NULL,
	`status` int DEFAULT 0,
	`identifier` varchar(191),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`priceId` varchar(191),
	CONSTRAINT `egghead_MerchantPrice_id` PRIMARY KEY(`id`),
	CONSTRAINT `MerchantPrice_identifier_key` UNIQUE(`identifier`)
);
--> statement-breakpoint
CREATE TABLE `egghead_MerchantProduct` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`merchantAccountId` varchar(191) NOT NULL,
	`productId` varchar(191) NOT NULL,
	`status` int NOT NULL DEFAULT 0,
	`identifier` varchar(191),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_MerchantProduct_id` PRIMARY KEY(`id`),
	CONSTRAINT `MerchantProduct_identifier_key` UNIQUE(`identifier`)
);
--> statement-breakpoint
CREATE TABLE `egghead_MerchantSession` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`identifier` varchar(191) NOT NULL,
	`merchantAccountId` varchar(191) NOT NULL,
	CONSTRAINT `egghead_MerchantSession_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `egghead_Organization` (
	`id` varchar(255) NOT NULL,
	`name` varchar(255),
	`personalOrganizationUserId` varchar(255),
	`fields` json DEFAULT ('{}'),
	`image` varchar(255),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_Organization_id` PRIMARY KEY(`id`),
	CONSTRAINT `personalOrganizationUserId_idx` UNIQUE(`personalOrganizationUserId`)
);
--> statement-breakpoint
CREATE TABLE `egghead_OrganizationMembership` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`role` varchar(191) NOT NULL DEFAULT 'user',
	`invitedById` varchar(255) NOT NULL,
	`userId` varchar(255) NOT NULL,
	`personalOrganizationUserId` varchar(255),
	`fields` json DEFAULT ('{}'),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_OrganizationMembership_id` PRIMARY KEY(`id`),
	CONSTRAINT `personalOrganizationUserId_idx` UNIQUE(`personalOrganizationUserId`)
);
--> statement-breakpoint
CREATE TABLE `egghead_OrganizationMembershipRole` (
	`organizationMembershipId` varchar(255) NOT NULL,
	`roleId` varchar(255) NOT NULL,
	`active` boolean NOT NULL DEFAULT true,
	`organizationId` varchar(191),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `pk` PRIMARY KEY(`organizationMembershipId`,`roleId`)
);
--> statement-breakpoint
CREATE TABLE `egghead_Role` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`name` varchar(255) NOT NULL,
	`description` text,
	`active` boolean NOT NULL DEFAULT true,
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_Role_id` PRIMARY KEY(`id`),
	CONSTRAINT `unique_name_per_org` UNIQUE(`organizationId`,`name`)
);
--> statement-breakpoint
CREATE TABLE `egghead_User` (
	`id` varchar(255) NOT NULL,
	`name` varchar(255),
	`role` varchar(191) NOT NULL DEFAULT 'user',
	`email` varchar(255) NOT NULL,
	`fields` json DEFAULT ('{}'),
	`emailVerified` timestamp(3),
	`image` varchar(255),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_User_id` PRIMARY KEY(`id`),
	CONSTRAINT `egghead_User_email_unique` UNIQUE(`email`)
);
--> statement-breakpoint
CREATE TABLE `egghead_Purchase` (
	`id` varchar(191) NOT NULL,
	`userId` varchar(191),
	`organizationMembershipId` varchar(191),
	`organizationId` varchar(191),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`totalAmount` decimal(65,30) NOT NULL,
	`ip_address` varchar(191),
	`city` varchar(191),
	`state` varchar(191),
	`country` varchar(191),
	`couponId` varchar(191),
	`productId` varchar(191) NOT NULL,
	`merchantChargeId` varchar(191),
	`upgradedFromId` varchar(191),
	`status` varchar(191) NOT NULL DEFAULT 'Valid',
	`bulkCouponId` varchar(191),
	`merchantSessionId` varchar(191),
	`redeemedBulkCouponId` varchar(191),
	`fields` json DEFAULT ('{}'),
	`stripeChargeId` varchar(255),
	`stripeCouponId` varchar(255),
	`metadata` json,
	CONSTRAINT `egghead_Purchase_id` PRIMARY KEY(`id`),
	CONSTRAINT `Purchase_upgradedFromId_key` UNIQUE(`upgradedFromId`)
);
--> statement-breakpoint
CREATE TABLE `egghead_PurchaseProduct` (
	`id` varchar(255) NOT NULL,
	`purchaseId` varchar(255) NOT NULL,
	`productId` varchar(255) NOT NULL,
	CONSTRAINT `egghead_PurchaseProduct_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE INDEX `slug_idx` ON `egghead_ContentResource` (`slug`);--> statement-breakpoint
CREATE INDEX `type_idx` ON `egghead_ContentResource` (`type`);--> statement-breakpoint
CREATE INDEX `resourceId_idx` ON `egghead_ContentResourceProduct` (`resourceId`);--> statement-breakpoint
CREATE INDEX `checkout_price_product_idx` ON `egghead_Price` (`productId`);--> statement-breakpoint
CREATE INDEX `checkout_session_seats_idx` ON `checkout_Session` (`productId`,`status`,`quantity`);--> statement-breakpoint
CREATE INDEX `checkout_session_visitor_idx` ON `checkout_Session` (`visitorId`,`status`);--> statement-breakpoint
CREATE INDEX `checkout_session_intent_idx` ON `checkout_Session` (`paymentIntentId`);--> statement-breakpoint
CREATE INDEX `checkout_session_charge_idx` ON `checkout_Session` (`chargeId`);--> statement-breakpoint
CREATE INDEX `checkout_session_purchase_idx` ON `checkout_Session` (`purchaseId`);--> statement-breakpoint
CREATE INDEX `checkout_session_due_idx` ON `checkout_Session` (`status`,`expiresAt`);--> statement-breakpoint
CREATE INDEX `checkout_outbox_due_idx` ON `checkout_Outbox` (`status`,`nextAttemptAt`);--> statement-breakpoint
CREATE INDEX `checkout_event_due_idx` ON `checkout_StripeEvent` (`status`,`nextAttemptAt`);--> statement-breakpoint
CREATE INDEX `checkout_event_object_idx` ON `checkout_StripeEvent` (`objectId`);--> statement-breakpoint
CREATE INDEX `idx_MerchantCustomer_on_userId` ON `egghead_MerchantCustomer` (`userId`);--> statement-breakpoint
CREATE INDEX `checkout_merchant_price_product_idx` ON `egghead_MerchantPrice` (`merchantProductId`);--> statement-breakpoint
CREATE INDEX `checkout_merchant_product_product_idx` ON `egghead_MerchantProduct` (`productId`);--> statement-breakpoint
CREATE INDEX `checkout_merchant_session_identifier_idx` ON `egghead_MerchantSession` (`identifier`);--> statement-breakpoint
CREATE INDEX `checkout_membership_user_idx` ON `egghead_OrganizationMembership` (`userId`);--> statement-breakpoint
CREATE INDEX `organizationId_idx` ON `egghead_OrganizationMembership` (`organizationId`);--> statement-breakpoint
CREATE INDEX `idx_Purchase_on_merchantChargeId` ON `egghead_Purchase` (`merchantChargeId`);--> statement-breakpoint
CREATE INDEX `idx_Purchase_on_userId_status_productId` ON `egghead_Purchase` (`userId`,`status`,`productId`);--> statement-breakpoint
CREATE INDEX `checkout_purchase_product_idx` ON `egghead_Purchase` (`productId`,`status`);--> statement-breakpoint
CREATE INDEX `checkout_purchase_session_idx` ON `egghead_Purchase` (`merchantSessionId`);--> statement-breakpoint
CREATE INDEX `checkout_purchase_product_purchase_idx` ON `egghead_PurchaseProduct` (`purchaseId`);